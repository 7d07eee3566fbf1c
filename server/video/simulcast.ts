// Sends the shows that are published at this node on to their targets, for as long as they last. Each target has its
// own connection, its own trouble and its own drops; the show and the others never notice.
import type { StreamId } from '../../shared/ids.ts'
import type { Clock, Log } from '../app/ports.ts'
import type { PacketTap, Pusher, PushState, VideoProvider } from '../app/video-ports.ts'
import type { Broadcast } from './broadcast.ts'
import type { Revoked } from './push.ts'

/** `key` null: it cannot be read any more. */
export type OpenTarget = { id: string; url: string; key: string | null }
type Sending = { state: PushState; stop(): void }

/** Targets that were added at another node are found by asking again. */
const REFRESH_MS = 10_000
const ON_AIR = ['connecting', 'live', 'reconnecting']
const LOST_KEY: PushState = {
  state: 'failed',
  says: 'Its key can no longer be read. Remove it and add it again.',
}

export function createSimulcast(deps: {
  video: Pick<VideoProvider, 'onEvent' | 'playback'>
  broadcastFor(stream: StreamId): Pick<Broadcast, 'taps'>
  targetsOf(stream: StreamId): Promise<OpenTarget[]>
  pusher: Pusher
  revocations: Revoked
  clock: Clock
  log: Log
}) {
  const { video, pusher, clock, log } = deps
  const shows = new Map<StreamId, Map<string, Sending>>()
  const timers = new Map<StreamId, () => void>()

  function start(stream: StreamId, { id, url, key }: OpenTarget, show: Map<string, Sending>): void {
    const sending: Sending = { state: LOST_KEY, stop: () => undefined }
    show.set(id, sending)
    if (key === null) return
    const tap: PacketTap & { close(): void } = pusher.push({ url, key }, (state) => {
      sending.state = state
      log.info('simulcast', { stream, target: id, state: state.state })
    })
    const leave = deps.broadcastFor(stream).taps.add(tap)
    sending.stop = () => {
      leave()
      tap.close()
    }
  }

  function end(stream: StreamId): void {
    timers.get(stream)?.()
    timers.delete(stream)
    for (const { stop } of shows.get(stream)?.values() ?? []) stop()
    shows.delete(stream)
  }

  async function look(stream: StreamId): Promise<void> {
    const show = shows.get(stream)
    if (!show) return
    const targets = await deps.targetsOf(stream)
    // It may have ended, and even begun again, while the database was asked.
    if (shows.get(stream) !== show || !ON_AIR.includes(video.playback(stream).state)) return
    for (const [id, { stop }] of show)
      if (!targets.some((target) => target.id === id)) {
        stop()
        show.delete(id)
      }
    for (const target of targets) if (!show.has(target.id)) start(stream, target, show)
  }

  function refresh(stream: StreamId): void {
    if (!shows.has(stream)) return
    timers.get(stream)?.()
    timers.set(
      stream,
      clock.after(REFRESH_MS, () => refresh(stream)),
    )
    look(stream).catch((error: unknown) => log.fault('simulcast', error))
  }

  const unfollow = video.onEvent(({ stream, state }) => {
    if (!ON_AIR.includes(state)) end(stream)
    // Live, not merely connecting: what never becomes a show is sent nowhere.
    else if (state === 'live' && !shows.has(stream)) {
      shows.set(stream, new Map())
      refresh(stream)
    }
  })
  const deafen = deps.revocations.listen({
    revoked({ principal }) {
      if (principal === null) return // of a whole audience: none of our targets
      for (const show of shows.values()) {
        show.get(principal)?.stop()
        show.delete(principal)
      }
    },
    missed() {
      for (const stream of shows.keys()) refresh(stream)
    },
  })

  return {
    /** By the id of the target. */
    states: (stream: StreamId): ReadonlyMap<string, PushState> =>
      new Map([...(shows.get(stream) ?? [])].map(([id, { state }]) => [id, state])),
    /** The targets of a show changed. */
    refresh,
    close() {
      unfollow()
      deafen()
      for (const stream of [...shows.keys()]) end(stream)
    },
  }
}
