// What a browser publishes here of a stream that Mux carries is pushed there, from this server, so that no key of Mux
// ever reaches a browser.
import type { StreamId } from '../../shared/ids.ts'
import { MuxFault } from './mux-ports.ts'
import type { Clock, Log } from './ports.ts'
import type { Pusher, PushState, Show } from './video-ports.ts'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000

export type MuxRelay = ReturnType<typeof createMuxRelay>

export function createMuxRelay(deps: {
  isMux: (stream: StreamId) => Promise<boolean>
  /** Null: there is nothing to push to any more. */
  target: (stream: StreamId) => Promise<{ url: string; key: string } | null>
  pusher: Pusher
  clock: Clock
  log: Log
}) {
  const { pusher, clock, log } = deps
  /** Of shows of this node. */
  const states = new Map<StreamId, PushState>()

  function send({ stream, taps }: Show): void {
    let over = false
    let retryMs = FIRST_RETRY_MS
    let cancelRetry = (): void => undefined
    let stopPush = (): void => undefined
    const became = (state: PushState) => {
      states.set(stream, state)
      log.info('push to mux', { stream, state: state.state })
    }

    function again(): void {
      stopPush()
      if (over) return
      cancelRetry()
      cancelRetry = clock.after(retryMs, begin)
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
    }

    function begin(): void {
      became({ state: 'connecting', says: null })
      deps.target(stream).then(
        (target) => {
          if (over) return
          if (target) push(target)
          else became({ state: 'failed', says: 'Mux has no place for this stream any more.' })
        },
        (error: unknown) => {
          log.fault('push to mux', error)
          if (error instanceof MuxFault)
            became({ state: 'waiting', says: 'Mux does not answer. Trying again.' })
          again()
        },
      )
    }

    function push(target: { url: string; key: string }): void {
      let mine = true
      const tap = pusher.push(target, (state) => {
        if (!mine) return
        became(state)
        if (state.state === 'live') retryMs = FIRST_RETRY_MS
        // The key may have been reset: it is asked for anew.
        if (state.state === 'failed') again()
      })
      const leave = taps.add(tap)
      stopPush = () => {
        mine = false
        leave()
        tap.close()
      }
    }

    // Told like any other tap when the show is over, however far the rest has come.
    taps.add({
      config: () => undefined,
      packet: () => undefined,
      pause: () => undefined,
      end() {
        over = true
        cancelRetry()
        states.delete(stream)
      },
    })
    begin()
  }

  return {
    /** A show begins at this node, whosever it is. */
    show(show: Show): void {
      deps.isMux(show.stream).then(
        (is) => {
          if (is) send(show)
        },
        (error: unknown) => log.fault('push to mux', error),
      )
    },
    /** Null: nothing of this stream is pushed from here. */
    sending: (stream: StreamId): PushState | null => states.get(stream) ?? null,
  }
}
