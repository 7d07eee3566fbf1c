// Work started by a press: one at a time, `busy` while it runs. Expected refusals are the work's own to show;
// what it throws is a bug in the page, and is said rather than swallowed.
import { useRef, useState } from 'preact/hooks'
import { useToast } from './toasts.tsx'

export type Task<A extends unknown[]> = { busy: boolean; run: (...args: A) => void }

export function useTask<A extends unknown[]>(work: (...args: A) => Promise<void>): Task<A> {
  const toast = useToast()
  const [busy, setBusy] = useState(false)
  // A second press can come before the first render with `busy` set.
  const running = useRef(false)
  const run = (...args: A) => {
    if (running.current) return
    running.current = true
    setBusy(true)
    work(...args)
      .catch((error: unknown) => {
        toast('Something broke on this page. Reload it and try again.', 'bad')
        reportError(error)
      })
      .finally(() => {
        running.current = false
        setBusy(false)
      })
  }
  return { busy, run }
}
