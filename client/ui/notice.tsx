// A message that belongs to its place on the page: a failure, a warning, something that went well.
import type { ComponentChildren } from 'preact'
import { AlertIcon, CheckIcon, InfoIcon } from './icons.tsx'
import './notice.css'

type NoticeProps = {
  tone?: 'info' | 'good' | 'warn' | 'bad'
  title?: string
  /** It appeared because of something just now: spoken at once when bad, politely otherwise. */
  speaks?: boolean
  children?: ComponentChildren
}

export function Notice({ tone = 'info', title, speaks = false, children }: NoticeProps) {
  const Icon = tone === 'good' ? CheckIcon : tone === 'info' ? InfoIcon : AlertIcon
  return (
    <div class={`notice notice-${tone}`} role={speaks ? (tone === 'bad' ? 'alert' : 'status') : undefined}>
      <Icon />
      <div class="notice-body">
        {title !== undefined && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  )
}
