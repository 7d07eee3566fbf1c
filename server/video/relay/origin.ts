// What this node answers to others: the shows it ingests, whether somebody publishes here, and the permissions to
// publish that it gave. A node that cannot take a show as fast as it comes is cut off and begins anew with what
// there is then, so memory stays bounded and late media is dropped.
import type { StreamId } from '../../../shared/ids.ts'
import type { Layer } from '../../../shared/media.ts'
import type { Clock, Log } from '../../app/ports.ts'
import type { Pipe, PipeHears, RelaySecrets } from '../../app/relay-ports.ts'
import type { Broadcast } from '../broadcast.ts'
import type { MediaSink } from '../take.ts'
import { answerLine, type Line } from './line.ts'
import type { EdgeSays, OriginSays } from './messages.ts'
import { headLine, sendShown } from './window.ts'

/** Beyond what it was given at the beginning: 13 s of 2.5 Mbit/s. */
const MOST_BUFFERED_BYTES = 4_000_000
const BEAT_MS = 1_000
/** Reports come every 2 s. */
const SILENT_MS = 10_000
const REFUSED_MS = 60_000

type Deps = {
  node: string
  clock: Clock
  secrets: RelaySecrets
  log: Log
  /** What this node ingests. */
  here(stream: StreamId): Broadcast | undefined
  redeem(grant: string): StreamId | null
}

export function createOrigin(deps: Deps): { accept(pipe: Pipe): PipeHears } {
  const { clock, log } = deps
  let refusedAt = -Infinity

  /** A stranger is worth a line; whoever comes again and again does not fill the log. */
  function refused(why: string): void {
    if (clock.now() - refusedAt < REFUSED_MS) return
    refusedAt = clock.now()
    log.warn('relay refused', { why })
  }

  function accept(pipe: Pipe): PipeHears {
    let from = ''
    let heardAt = clock.now()
    let serving: Serving | undefined
    let cancelBeat = (): void => undefined
    const { line, hears } = answerLine(deps, pipe, {
      ready(node) {
        from = node
        heardAt = clock.now()
        beat()
      },
      heard(says) {
        heardAt = clock.now()
        answer(says)
      },
      closed(why) {
        cancelBeat()
        serving?.leave()
        if (why !== null) refused(why)
      },
    })

    function answer(says: EdgeSays): void {
      switch (says.t) {
        case 'pull':
          serving?.leave()
          serving = serve(line, says, from)
          return
        case 'latency':
          serving?.latency(says)
          return
        case 'taken':
          line.send({ t: 'taken', yes: deps.here(says.stream)?.taken() === true })
          return
        case 'delays':
          line.send({ t: 'delays', measured: deps.here(says.stream)?.latency.summary(clock.now()) ?? null })
          return
        case 'redeem':
          line.send({ t: 'redeemed', stream: deps.redeem(says.grant) })
          return
      }
    }

    function beat(): void {
      cancelBeat = clock.after(BEAT_MS, beat)
      if (clock.now() - heardAt > SILENT_MS) line.close()
      else if (serving) line.send({ t: 'beat' })
    }

    return hears
  }

  type Serving = { leave(): void; latency(says: Extract<EdgeSays, { t: 'latency' }>): void }

  function serve(line: Line<OriginSays>, pull: Extract<EdgeSays, { t: 'pull' }>, from: string): Serving {
    const { stream, have } = pull
    const show = deps.here(stream)
    if (!show) {
      line.send({ t: 'nothing' })
      return { leave: () => undefined, latency: () => undefined }
    }
    const shown = show.shown()
    const after = have?.prefix === shown.prefix ? have.msn : -1
    sendShown(line.send, shown, after)
    let allowed = Infinity
    function send(says: OriginSays, body?: readonly Uint8Array[]): void {
      allowed = Math.min(allowed, line.buffered() + MOST_BUFFERED_BYTES)
      line.send(says, body)
      if (line.buffered() <= allowed) return
      log.info('relay cut, too slow', { stream, edge: from })
      leave()
      line.close()
    }
    const mediaOf = (layer: Layer): MediaSink => ({
      take: (head) => send({ t: 'take', layer, ...headLine(head) }, [head.init]),
      chunk: ({ at, ms, key, bytes }) => send({ t: 'chunk', layer, at, ms, key }, [bytes]),
      cut: (at) => send({ t: 'cut', layer, at }),
    })
    const leave = show.followers.add({
      ...mediaOf('main'),
      low: { ...mediaOf('low'), gone: () => send({ t: 'low gone' }) },
      state: (state) => send({ t: 'state', state }),
      gone: () => send({ t: 'nothing' }),
    })
    log.info('relay', { stream, edge: from, after })
    return {
      leave() {
        leave()
        show.latency.elsewhere(from, { values: [], samples: 0 }, clock.now())
      },
      latency: ({ spread }) => show.latency.elsewhere(from, spread, clock.now()),
    }
  }

  return { accept }
}
