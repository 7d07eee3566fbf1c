// A video provider whose states a test sets by hand.
import type { VideoState } from '../../shared/media.ts'
import type { Grants, VideoEvent, VideoProvider } from '../app/video-ports.ts'

export function fakeVideo() {
  const states = new Map<string, VideoState>()
  const listeners = new Set<(event: VideoEvent) => void>()
  const ended: string[] = []
  const video: VideoProvider = {
    playback: (stream) => ({
      provider: 'local',
      state: states.get(stream) ?? 'idle',
      push: '/push',
      hls: `/hls/${stream}/live.m3u8`,
      hlsPlain: `/hls/${stream}/plain.m3u8`,
      dvr: null,
      expiresAt: null,
    }),
    end: (stream) => ended.push(stream),
    onEvent(fn) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
  }
  const grants: Grants = {
    issue: (stream) => ({ grant: `grant-for-${stream}`, expiresAt: 60_000 }),
    redeem: () => null,
  }
  return {
    video,
    grants,
    ended,
    becomes(stream: string, state: VideoState) {
      states.set(stream, state)
      for (const listener of listeners) listener({ stream, state })
    },
  }
}
