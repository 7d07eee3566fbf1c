// Ties a session to a component: started with the element, woken by tab and network, stopped with it.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { RefObject } from 'preact'
import type { Playback } from '../../../shared/api/streams.ts'
import type { StreamState } from '../../../shared/protocol/events.ts'
import type { PassSource } from '../../pass.ts'
import { browserClock } from '../../clock.ts'
import type { Choice, Quality } from './chooser.ts'
import { networkNow, visitChoice } from './surroundings.ts'
import { openWire } from '../wire.ts'
import type { Behind } from './delay-reports.ts'
import { playHls } from './hls.ts'
import { phaseOf, type Phase } from './phase.ts'
import { sourceClass } from './screen.ts'
import { createSession, type Session } from './session.ts'

/** `quality`: null until there is something to choose from. */
export type Watching = {
  phase: Phase
  session: Session | null
  quality: Quality | null
  choose: (choice: Choice) => void
}

export function useSession(
  ref: RefObject<HTMLVideoElement | null>,
  playback: Playback,
  passes: PassSource,
  streamState: StreamState | undefined,
  behind: Behind,
  stale?: () => void,
): Watching {
  const [phase, setPhase] = useState<Phase>('starting')
  const [current, setCurrent] = useState<Session | null>(null)
  const [quality, setQuality] = useState<Quality | null>(null)
  const session = useRef<Session | null>(null)
  const latestStale = useRef(stale)
  latestStale.current = stale
  useEffect(() => {
    const video = ref.current
    if (!video) return
    const mine = createSession({
      video,
      playback,
      stale: () => latestStale.current?.(),
      behind,
      passes,
      Source: sourceClass(),
      open: openWire,
      playHls,
      clock: browserClock,
      online: () => navigator.onLine,
      visible: () => document.visibilityState === 'visible',
      network: networkNow(),
      choice: visitChoice.get(),
      fraction: Math.random,
      show: (facts) => setPhase(phaseOf(facts)),
      showQuality: (next) => setQuality(next.layers.length > 1 ? next : null),
    })
    session.current = mine
    setCurrent(mine)
    const wake = () => document.visibilityState === 'visible' && mine.wake()
    document.addEventListener('visibilitychange', wake)
    addEventListener('online', wake)
    takeMediaKeys(mine)
    return () => {
      document.removeEventListener('visibilitychange', wake)
      removeEventListener('online', wake)
      mine.stop()
      session.current = null
    }
    // Where a stream is pushed does not change while its page is open; its state comes over the socket. Addresses of
    // playlists do, and what plays goes on under the next one.
  }, [playback.push])
  useEffect(() => session.current?.update(playback), [playback.hls, playback.state])
  useEffect(() => {
    if (streamState) session.current?.hint(streamState)
  }, [streamState])
  const choose = useCallback((choice: Choice) => {
    visitChoice.set(choice)
    session.current?.choose(choice)
  }, [])
  return { phase, session: current, quality, choose }
}

/** Keys on headsets, and the buttons of a floating window. */
function takeMediaKeys(session: Session): void {
  if (!('mediaSession' in navigator)) return
  navigator.mediaSession.setActionHandler('play', () => session.play())
  navigator.mediaSession.setActionHandler('pause', () => session.pause())
}
