// Loudness of one <video>, as state.
import type { RefObject } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'

export type Sound = {
  volume: number
  muted: boolean
  toggle(): void
  /** 0 to 1. */
  set(volume: number): void
}

export function useSound(video: RefObject<HTMLVideoElement | null>, startMuted: boolean): Sound {
  const [volume, setVolume] = useState(1)
  const [muted, setMuted] = useState(startMuted)
  useEffect(() => {
    if (!video.current) return
    video.current.muted = muted
    video.current.volume = volume
  }, [volume, muted])
  const set = useCallback((next: number) => {
    const inside = Math.min(1, Math.max(0, next))
    setVolume(inside)
    setMuted(inside === 0)
  }, [])
  const toggle = useCallback(() => {
    // Unmuting at no volume would change nothing.
    if (muted && volume === 0) setVolume(1)
    setMuted(!muted)
  }, [muted, volume])
  return useMemo(() => ({ volume, muted, toggle, set }), [volume, muted, toggle, set])
}
