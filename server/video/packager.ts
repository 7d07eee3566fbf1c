// Chunks into parts and segments, and the window of them that HLS viewers can ask for. A finished segment is
// one buffer; its parts are views into it, so media is held once. Memory is bounded: old segments go.
import { PART_TARGET_MS } from './cuts.ts'
import type { Chunk, MediaSink, TakeHead } from './take.ts'

export type Part = { ms: number; independent: boolean; bytes: Uint8Array }
/** What a segment is from its first chunk on. `discontinuities` counts those of the show up to and including
 * its own. `at` is the server's time of its first picture. */
type Opening = {
  msn: number
  head: TakeHead
  discontinuity: boolean
  discontinuities: number
  at: number
  independent: boolean
}
/** `parts` are the ones to announce. */
export type OpenSegment = Opening & { parts: Part[] }
export type Segment = Opening & { parts: readonly Part[]; ms: number; bytes: Uint8Array }

/** All that a packager holds at one moment: another one goes on from there and makes the same of what follows. */
export type PackagerState = {
  segments: readonly Segment[]
  open:
    | {
        segment: OpenSegment
        ms: number
        pending: readonly Chunk[]
        unannounced: readonly Uint8Array[]
      }
    | undefined
  head: TakeHead | undefined
  /** Of the next segment. */
  msn: number
  discontinuities: number
}

/** `discontinuities` as in a segment. */
export type Numbers = { msn: number; discontinuities: number }

export type Packager = MediaSink & {
  state(): PackagerState
  /** Goes on from there. What it holds of earlier segments stays, as long as there is no hole. */
  restore(state: PackagerState): void
  /** Forgets what there is; numbers go on. */
  clear(): void
  segments(): readonly Segment[]
  open(): OpenSegment | undefined
  /** Of the open segment, or of the one that follows. */
  numbers(): Numbers
  /** Called after each change that shows in a playlist. */
  onChange(fn: () => void): void
  /** Called with each segment when it is whole, in order. */
  onSegment(fn: (segment: Segment) => void): void
}

/** What a playlist lists, and what is kept a little longer for viewers who hold an older playlist. */
export const LISTED_SEGMENTS = 10
const KEPT_SEGMENTS = 14

/** `first`: the number of the first segment. `beside`: another layer of the same show. Players ask of two playlists that
 * the same moment lies behind the same number of discontinuities: what would be one here alone begins the window anew. */
export function createPackager(first = 0, beside?: Pick<Packager, 'numbers'>): Packager {
  const segments: Segment[] = []
  const listeners: (() => void)[] = []
  const keepers: ((segment: Segment) => void)[] = []
  let head: TakeHead | undefined
  let msn = first
  // Counted from there too: neither number of a playlist may ever go back, and this one never grows faster.
  let discontinuities = first
  let current: OpenSegment | undefined
  let ms = 0
  /** Chunks of the open part. */
  let pending: Chunk[] = []
  /** What follows the announced parts of the open segment. One frame longer than the part target (a still
   * screen) cannot be announced as a part: from there on this segment is served whole only. */
  let unannounced: Uint8Array[] = []

  const changed = () => {
    for (const fn of listeners) fn()
  }

  function numbers(): Numbers {
    const before = current ?? segments.at(-1)
    const isBehind = before !== undefined && head !== undefined && before.head.number !== head.number
    return { msn: current?.msn ?? msn, discontinuities: discontinuities + (isBehind ? 1 : 0) }
  }

  /** Counts as the other layer does, from the beginning of each take of this one. */
  function follow(other: Numbers, of: TakeHead): void {
    const before = segments.at(-1)
    if (before?.head.number === of.number) return
    if (other.discontinuities <= discontinuities) segments.length = 0
    if (segments.length === 0) msn = Math.max(msn, other.msn)
    discontinuities = other.discontinuities
  }

  function opening(first: Chunk, of: TakeHead): OpenSegment {
    if (beside) follow(beside.numbers(), of)
    const before = segments.at(-1)
    const discontinuity = before !== undefined && before.head.number !== of.number
    if (discontinuity && !beside) discontinuities += 1
    const at = of.epochMs + first.at
    return { msn: msn++, head: of, discontinuity, discontinuities, at, independent: first.key, parts: [] }
  }

  function closePart(): void {
    const [first] = pending
    if (!first || !current) return
    const part: Part = {
      ms: pending.reduce((sum, chunk) => sum + chunk.ms, 0),
      independent: first.key,
      bytes: concat(pending.map((chunk) => chunk.bytes)),
    }
    pending = []
    ms += part.ms
    if (unannounced.length > 0 || part.ms > PART_TARGET_MS) unannounced.push(part.bytes)
    else current.parts.push(part)
  }

  function closeSegment(): void {
    if (!current) return
    const bytes = concat([...current.parts.map((part) => part.bytes), ...unannounced])
    let offset = 0
    const parts = current.parts.map((part) => {
      const view = bytes.subarray(offset, offset + part.bytes.byteLength)
      offset += view.byteLength
      return { ...part, bytes: view }
    })
    // Parts of a finished segment must add up to it.
    const segment = { ...current, parts: unannounced.length > 0 ? [] : parts, ms, bytes }
    segments.push(segment)
    if (segments.length > KEPT_SEGMENTS) segments.shift()
    current = undefined
    unannounced = []
    ms = 0
    for (const keep of keepers) keep(segment)
  }

  return {
    take(next) {
      head = next
    },
    chunk(chunk) {
      if (!head) throw new Error('a chunk before its take')
      current ??= opening(chunk, head)
      pending.push(chunk)
    },
    cut(at) {
      closePart()
      if (at === 'segment') closeSegment()
      changed()
    },
    state: () => ({
      segments: [...segments],
      open: current && {
        segment: { ...current, parts: [...current.parts] },
        ms,
        pending: [...pending],
        unannounced: [...unannounced],
      },
      head,
      msn,
      discontinuities,
    }),
    restore(state) {
      const { open } = state
      const next = state.segments[0]?.msn ?? open?.segment.msn ?? state.msn
      const before = segments.filter((segment) => segment.msn < next)
      const kept = before.at(-1)?.msn === next - 1 ? before : []
      segments.splice(0, Infinity, ...[...kept, ...state.segments].slice(-KEPT_SEGMENTS))
      head = state.head
      msn = state.msn
      discontinuities = state.discontinuities
      current = open && { ...open.segment, parts: [...open.segment.parts] }
      ms = open?.ms ?? 0
      pending = [...(open?.pending ?? [])]
      unannounced = [...(open?.unannounced ?? [])]
      changed()
    },
    clear() {
      segments.length = 0
      current = undefined
      pending = []
      unannounced = []
      ms = 0
      changed()
    },
    numbers,
    segments: () => segments,
    open: () => current,
    onChange: (fn) => void listeners.push(fn),
    onSegment: (fn) => void keepers.push(fn),
  }
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  if (first && pieces.length === 1) return first
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
