// Controls show while somebody touches the player, and fade a moment after.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

const IDLE_MS = 3_000

export function useAwake() {
  const [awake, setAwake] = useState(true)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const stir = useCallback(() => {
    setAwake(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setAwake(false), IDLE_MS)
  }, [])
  useEffect(() => {
    stir()
    return () => clearTimeout(timer.current)
  }, [stir])
  return { awake, stir }
}
