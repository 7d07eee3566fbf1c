// All there is of a show at one moment, as messages and back: what an edge begins with.
import type { Layer, VideoState } from '../../../shared/media.ts'
import type { OpenSegment, PackagerState, Part, Segment } from '../packager.ts'
import type { Window } from '../rendition.ts'
import type { Chunk, TakeHead } from '../take.ts'
import type { ChunkLine, HeadLine, OriginSays, PartLine, SegmentLine } from './messages.ts'

/** `now`: on the clock of the node that shows it, Unix milliseconds. */
export type Shown = {
  prefix: string
  state: VideoState
  now: number
  hasLow: boolean
  /** The low one also when it is not there: its numbers go on. */
  windows: Record<Layer, Window>
}
type Send = (says: OriginSays, body?: readonly Uint8Array[]) => void

/** Segments of main up to `after` are left out: the edge has them. */
export function sendShown(send: Send, { windows, ...show }: Shown, after: number): void {
  send({ t: 'show', ...show })
  sendWindow(send, windows.main, after)
  sendWindow(send, windows.low, -1)
}

function sendWindow(send: Send, { packager, feed }: Window, after: number): void {
  const { open, head } = packager
  const segments = packager.segments.filter(({ msn }) => msn > after)
  const heads = [...segments.map((segment) => segment.head), open?.segment.head, head, feed?.head]
  const known = new Map(heads.flatMap((one) => (one ? [[one.number, one] as const] : [])))
  for (const one of known.values()) send({ t: 'head', ...headLine(one) }, [one.init])
  for (const segment of segments) send({ t: 'segment', ...segmentLine(segment) }, [segment.bytes])
  if (open) {
    const { segment, ms, pending, unannounced } = open
    send(
      {
        t: 'open',
        ...segmentLine({ ...segment, ms }),
        pending: pending.map(chunkLine),
        unannounced: unannounced.map(({ byteLength }) => byteLength),
      },
      [...segment.parts.map(({ bytes }) => bytes), ...pending.map(({ bytes }) => bytes), ...unannounced],
    )
  }
  const group = feed?.group ?? null
  send(
    {
      t: 'go',
      msn: packager.msn,
      discontinuities: packager.discontinuities,
      take: head?.number ?? null,
      feed: feed && { take: feed.head.number, group: group?.map(chunkLine) ?? null },
    },
    group?.map(({ bytes }) => bytes) ?? [],
  )
}

type Read<T> = (says: OriginSays, body: Uint8Array<ArrayBuffer>) => T | undefined

/** Puts the messages of what is shown together; gives it with the last of them. */
export function createShownReader(): Read<Shown> {
  let show: Omit<Shown, 'windows'> | undefined
  let main: Window | undefined
  let read = createWindowReader()
  return (says, body) => {
    if (says.t === 'show') {
      const { prefix, state, now, hasLow } = says
      show = { prefix, state, now, hasLow }
      return undefined
    }
    if (!show) throw new Error(`${says.t} before a show`)
    const window = read(says, body)
    if (main && window) return { ...show, windows: { main, low: window } }
    if (window) {
      main = window
      read = createWindowReader()
    }
    return undefined
  }
}

function createWindowReader(): Read<Window> {
  const heads = new Map<number, TakeHead>()
  const segments: Segment[] = []
  let open: PackagerState['open']

  function headOf(number: number): TakeHead {
    const head = heads.get(number)
    if (!head) throw new Error('a take without its head')
    return head
  }

  function segmentOf({ take, parts, ...rest }: SegmentLine, cut: Cutter): OpenSegment & { ms: number } {
    const { msn, discontinuity, discontinuities, at, independent, ms } = rest
    return {
      ...{ msn, discontinuity, discontinuities, at, independent, ms },
      head: headOf(take),
      parts: parts.map((line): Part => ({ ms: line[0], independent: line[1], bytes: cut(line[2]) })),
    }
  }

  return (says, body) => {
    const cut = cutterOf(body)
    if (says.t === 'head') heads.set(says.number, takeHead(says, body))
    else if (says.t === 'segment') segments.push({ ...segmentOf(says, cut), bytes: body })
    else if (says.t === 'open') {
      const { ms, ...segment } = segmentOf(says, cut)
      const pending = says.pending.map((line) => chunkOf(line, cut))
      open = { segment, ms, pending, unannounced: says.unannounced.map(cut) }
    } else if (says.t !== 'go') throw new Error(`${says.t} inside a window`)
    else {
      const { msn, discontinuities, take, feed } = says
      const group = feed?.group?.map((line) => chunkOf(line, cut)) ?? null
      const head = take === null ? undefined : headOf(take)
      return {
        packager: { segments, open, head, msn, discontinuities },
        feed: feed && { head: headOf(feed.take), group },
      }
    }
    return undefined
  }
}

export const headLine = ({ number, epochMs, codecs }: TakeHead): HeadLine => ({ number, epochMs, codecs })
export const takeHead = ({ number, epochMs, codecs }: HeadLine, init: Uint8Array<ArrayBuffer>): TakeHead => ({
  number,
  epochMs,
  codecs,
  init,
})

const chunkLine = ({ at, ms, key, bytes }: Chunk): ChunkLine => [at, ms, key, bytes.byteLength]
const chunkOf = ([at, ms, key, length]: ChunkLine, cut: Cutter): Chunk => ({
  at,
  ms,
  key,
  bytes: cut(length),
})

const partLine = ({ ms, independent, bytes }: Part): PartLine => [ms, independent, bytes.byteLength]
const segmentLine = ({ head, parts, ...rest }: Omit<Segment, 'bytes'>): SegmentLine => ({
  take: head.number,
  msn: rest.msn,
  discontinuity: rest.discontinuity,
  discontinuities: rest.discontinuities,
  at: rest.at,
  independent: rest.independent,
  ms: rest.ms,
  parts: parts.map(partLine),
})

type Cutter = (length: number) => Uint8Array<ArrayBuffer>

/** Views of what lies behind one another, in order. */
function cutterOf(body: Uint8Array<ArrayBuffer>): Cutter {
  let at = 0
  return (length) => {
    if (at + length > body.byteLength) throw new Error('media is missing')
    const piece = body.subarray(at, at + length)
    at += length
    return piece
  }
}
