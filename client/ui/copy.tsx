// Copies a text and says so, in the button and aloud. Where the clipboard is refused (plain http), it shows
// the text, to copy by hand.
import { useRef, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { Button } from './button.tsx'
import { CheckIcon, CopyIcon } from './icons.tsx'
import { useTask } from './task.ts'
import { useToast } from './toasts.tsx'

const SAID_MS = 2_500

type CopyProps = {
  text: string
  /** Is not shown where copying fails. */
  secret?: boolean
  children?: ComponentChildren
}

export function CopyButton({ text, secret = false, children = 'Copy link' }: CopyProps) {
  const toast = useToast()
  const [copied, setCopied] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const copy = useTask(async () => {
    if (!(await copyText(text))) {
      const how = secret ? 'Show it and copy it by hand.' : `The link: ${text}`
      toast(`Copying is not allowed here. ${how}`, 'bad')
      return
    }
    toast('Copied.')
    setCopied(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setCopied(false), SAID_MS)
  })
  return (
    <Button onClick={copy.run}>
      {copied ? <CheckIcon /> : <CopyIcon />} {children}
    </Button>
  )
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
