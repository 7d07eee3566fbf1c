// State that comes from the server: loads once, again on a beat if asked, and at once when the network or the
// reader returns. What was known stays on show while a reload fails.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Answer, Denial } from '../api.ts'

export type Load<T> = {
  value: T | undefined
  denial: Denial | undefined
  loading: boolean
  reload: () => Promise<void>
  replace: (value: T) => void
}

export function useLoad<T>(ask: () => Promise<Answer<T>>, everyMs?: number): Load<T> {
  const [value, setValue] = useState<T>()
  const [denial, setDenial] = useState<Denial>()
  const [loading, setLoading] = useState(true)
  // Answers may overtake each other: only the newest question's counts.
  const ticket = useRef(0)
  const latestAsk = useRef(ask)
  latestAsk.current = ask

  const reload = useCallback(async () => {
    const mine = ++ticket.current
    setLoading(true)
    const answer = await latestAsk.current()
    if (mine !== ticket.current) return
    setLoading(false)
    setDenial(answer.ok ? undefined : answer.denial)
    if (answer.ok) setValue(() => answer.value)
  }, [])
  const replace = useCallback((next: T) => {
    ticket.current++
    setLoading(false)
    setValue(() => next)
  }, [])

  useEffect(() => {
    const now = () => void reload().catch(reportError)
    // A tab in the background keeps quiet; it asks when it is looked at again.
    const again = () => {
      if (!document.hidden) now()
    }
    now()
    const timer = everyMs === undefined ? undefined : setInterval(again, everyMs)
    window.addEventListener('online', again)
    if (everyMs !== undefined) document.addEventListener('visibilitychange', again)
    return () => {
      ticket.current++
      clearInterval(timer)
      window.removeEventListener('online', again)
      document.removeEventListener('visibilitychange', again)
    }
  }, [everyMs, reload])

  return { value, denial, loading, reload, replace }
}
