// One pull of one stream from its origin: what there is first, then everything that follows; reports of the viewers
// here go the other way. Ends when the origin does, or when it falls silent.
import type { StreamId } from '../../../shared/ids.ts'
import type { VideoState } from '../../../shared/media.ts'
import type { Clock } from '../../app/ports.ts'
import type { Dial, NodeAddress, RelaySecrets } from '../../app/relay-ports.ts'
import type { Spread } from '../latency.ts'
import type { MediaSink } from '../take.ts'
import type { LowSink } from './followers.ts'
import { dialLine } from './line.ts'
import type { OriginSays } from './messages.ts'
import { createShownReader, takeHead, type Shown } from './window.ts'

const TICK_MS = 1_000
const TICKS_PER_REPORT = 2
/** Several chunks a second come, and without them a beat each second. */
const SILENT_MS = 3_000

export type ShownSink = MediaSink & { low: LowSink }
export type PullEvents = {
  /** What there is; its sink takes what follows. */
  shown(shown: Shown): ShownSink
  state(state: VideoState): void
  /** Once. `nothing`: that node has no such show. */
  over(why: string | null): void
}
export type RelayDeps = { node: string; clock: Clock; secrets: RelaySecrets; dial: Dial }

export function createPull(
  deps: RelayDeps & {
    stream: StreamId
    at: NodeAddress
    have: { prefix: string; msn: number } | null
    spread(): Spread
  },
  events: PullEvents,
): { close(): void } {
  const { clock, stream } = deps
  const read = createShownReader()
  let sink: ShownSink | undefined
  let heardAt = clock.now()
  let ticks = 0
  let why: string | null = null
  let over = false

  function heard(says: OriginSays, body: Uint8Array<ArrayBuffer>): void {
    heardAt = clock.now()
    if (says.t === 'nothing') {
      why = 'no such show there'
      line.close()
    } else if (says.t === 'beat') return
    else if (says.t === 'state') events.state(says.state)
    else if (!sink) {
      const shown = read(says, body)
      if (shown) sink = events.shown(shown)
    } else media(sink, says, body)
  }

  function media(both: ShownSink, says: OriginSays, body: Uint8Array<ArrayBuffer>): void {
    if (says.t === 'low gone') both.low.gone()
    if (says.t !== 'chunk' && says.t !== 'cut' && says.t !== 'take') return
    const to = says.layer === 'low' ? both.low : both
    if (says.t === 'chunk') to.chunk({ at: says.at, ms: says.ms, key: says.key, bytes: body })
    else if (says.t === 'cut') to.cut(says.at)
    else to.take(takeHead(says, body))
  }

  let cancelTick = clock.after(TICK_MS, tick)
  function tick(): void {
    cancelTick = clock.after(TICK_MS, tick)
    if (clock.now() - heardAt > SILENT_MS) {
      why = 'silent'
      line.close()
    } else if (sink && ++ticks % TICKS_PER_REPORT === 0) line.send({ t: 'latency', spread: deps.spread() })
  }

  const line = dialLine(deps, deps.at, {
    ready: () => line.send({ t: 'pull', stream, have: deps.have }),
    heard,
    closed(reason) {
      cancelTick()
      if (!over) events.over(why ?? reason)
      over = true
    },
  })

  return {
    close() {
      over = true
      line.close()
    },
  }
}
