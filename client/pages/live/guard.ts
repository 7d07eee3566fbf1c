// While live, leaving asks first and the screen stays awake.
import { useEffect } from 'preact/hooks'

export function useGuard(live: boolean): void {
  useEffect(() => {
    if (!live) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    const sleep = stayAwake()
    return () => {
      removeEventListener('beforeunload', ask)
      sleep()
    }
  }, [live])
}

/** The lock is lost whenever the page is hidden, and taken again when it shows. */
function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null
  let wanted = true
  const take = () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    navigator.wakeLock.request('screen').then(
      (got) => {
        lock = got
        if (!wanted) release()
      },
      // Refused on low battery: the show goes on without it.
      () => undefined,
    )
  }
  const release = () => {
    lock?.release().catch(() => undefined)
  }
  take()
  document.addEventListener('visibilitychange', take)
  return () => {
    wanted = false
    document.removeEventListener('visibilitychange', take)
    release()
  }
}
