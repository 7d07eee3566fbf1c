// Reads what fragment.ts and init.ts wrote: where boxes lie, and what time a segment spans. For our own files alone:
// nothing that came from outside is read here.
import { WITH_OFFSETS } from './fragment.ts'

export type Box = {
  type: string
  /** Of its header. */ at: number
  /** Of what is in it. */ from: number
  to: number
}

const HEADER = 8
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The boxes side by side from `from` to `to`. Throws for what is no box. */
export function boxesIn(bytes: Uint8Array, from = 0, to = bytes.byteLength): Box[] {
  const view = viewOf(bytes)
  const boxes: Box[] = []
  for (let at = from; at < to;) {
    const size = at + HEADER <= to ? view.getUint32(at) : 0
    if (size < HEADER || at + size > to) throw new Error(`no box at ${at}`)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    boxes.push({ type, at, from: at + HEADER, to: at + size })
    at += size
  }
  return boxes
}

/** The first box at the end of this path of types. */
export function boxAt(bytes: Uint8Array, path: readonly string[], within?: Box): Box {
  let box = within
  for (const type of path) {
    box = boxesIn(bytes, box?.from, box?.to).find((one) => one.type === type)
    if (!box) throw new Error(`no ${path.join('/')}`)
  }
  if (!box) throw new Error('an empty path')
  return box
}

/** Ticks per second by track id, of an init segment. */
export function timescalesOf(init: Uint8Array): Map<number, number> {
  const view = viewOf(init)
  const moov = boxAt(init, ['moov'])
  const traks = boxesIn(init, moov.from, moov.to).filter(({ type }) => type === 'trak')
  return new Map(
    traks.map((trak) => [
      view.getUint32(boxAt(init, ['tkhd'], trak).from + 12),
      view.getUint32(boxAt(init, ['mdia', 'mdhd'], trak).from + 12),
    ]),
  )
}

/** Width and height of an init segment, in pixels; null when it has no pictures. */
export function sizeOf(init: Uint8Array): { width: number; height: number } | null {
  const view = viewOf(init)
  const moov = boxAt(init, ['moov'])
  const sizes = boxesIn(init, moov.from, moov.to)
    .filter(({ type }) => type === 'trak')
    .map((trak) => boxAt(init, ['tkhd'], trak).to)
    .map((end) => ({ width: view.getUint32(end - 8) >>> 16, height: view.getUint32(end - 4) >>> 16 }))
  return sizes.find(({ width }) => width > 0) ?? null
}

/** One run of samples: its track, where its decode time stands in the bytes, the ticks it spans, and how many. */
export type RunSpan = { trackId: number; tfdtAt: number; start: number; end: number; samples: number }

export function runsOf(segment: Uint8Array): RunSpan[] {
  const view = viewOf(segment)
  return boxesIn(segment)
    .filter(({ type }) => type === 'moof')
    .flatMap((moof) => boxesIn(segment, moof.from, moof.to).filter(({ type }) => type === 'traf'))
    .map((traf) => {
      const tfdtAt = boxAt(segment, ['tfdt'], traf).from + 4
      const trun = boxAt(segment, ['trun'], traf).from
      const start = Number(view.getBigUint64(tfdtAt))
      const samples = view.getUint32(trun + 4)
      let end = start
      // Duration, size and flags of each sample, and how much later it is shown where the flags say so; behind flags,
      // count and offset.
      const stride = view.getUint32(trun) & WITH_OFFSETS ? 16 : 12
      for (let i = 0; i < samples; i++) end += view.getUint32(trun + 12 + stride * i)
      const trackId = view.getUint32(boxAt(segment, ['tfhd'], traf).from + 4)
      return { trackId, tfdtAt, start, end, samples }
    })
}

/** Moves every run in time, in place: the segment keeps its size. `shifts` in ticks by track. */
export function shift(segment: Uint8Array, shifts: ReadonlyMap<number, number>): void {
  const view = viewOf(segment)
  for (const { trackId, tfdtAt, start } of runsOf(segment))
    view.setBigUint64(tfdtAt, BigInt(start + (shifts.get(trackId) ?? 0)))
}
