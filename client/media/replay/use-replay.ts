// The chat of the moment that a picture shows, as state of a component.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Replay } from '../../../shared/api/chat.ts'
import type { Answer } from '../../api.ts'
import { browserClock } from '../../clock.ts'
import type { Picture } from '../picture.ts'
import { createReplayFeed, type ReplayFeed, type ReplayRange, type ReplayState } from './feed.ts'

export type UseReplay = {
  picture: Picture
  startedAt: number
  ask: (range: ReplayRange) => Promise<Answer<Replay>>
  /** What has been said until here can be asked for. */
  edge: () => number
}

/** Null until the picture shows something. */
export function useReplay(deps: UseReplay): { state: ReplayState | null; feed: ReplayFeed | null } {
  const { picture, startedAt } = deps
  const [state, setState] = useState<ReplayState | null>(null)
  const [feed, setFeed] = useState<ReplayFeed | null>(null)
  const latest = useRef(deps)
  latest.current = deps
  useEffect(() => {
    const made = createReplayFeed({
      startedAt,
      ask: (range) => latest.current.ask(range),
      edge: () => latest.current.edge(),
      clock: browserClock,
      fraction: Math.random,
      changed: setState,
    })
    const follow = (): void => {
      const moment = picture.moment()
      if (moment !== null) made.show(moment)
    }
    setFeed(made)
    setState(picture.moment() === null ? null : made.state())
    follow()
    const leave = picture.subscribe(follow)
    return () => {
      leave()
      made.stop()
    }
  }, [picture, startedAt])
  return useMemo(() => ({ state, feed }), [state, feed])
}
