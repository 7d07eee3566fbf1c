// What a player wants to know of a whole file before it reads it: how long it is, and where to jump to. Both are boxes
// of a fragmented file (ISO/IEC 14496-12: mehd 8.8.2, sidx 8.16.3).
import { boxAt } from './reader.ts'
import { createBoxWriter } from './writer.ts'

const MEHD = 20
const HEADER = 8
/** A sidx counts its references in 16 bits. */
export const MOST_REFERENCES = 0xffff

/** The init segment with a duration in it, in milliseconds: the movie timescale of init.ts. */
export function withDuration(init: Uint8Array, ms: number): Uint8Array<ArrayBuffer> {
  const moov = boxAt(init, ['moov'])
  const mvex = boxAt(init, ['mvex'], moov)
  const w = createBoxWriter(MEHD)
  w.fullBox('mehd', 1, 0, () => w.u64(Math.round(ms)))
  const out = new Uint8Array(init.byteLength + MEHD)
  out.set(init.subarray(0, mvex.from))
  out.set(w.done(), mvex.from)
  out.set(init.subarray(mvex.from), mvex.from + MEHD)
  const view = new DataView(out.buffer)
  for (const { at } of [moov, mvex]) view.setUint32(at, view.getUint32(at) + MEHD)
  return out
}

/** One reference for each segment that follows, of the track that leads. */
export function segmentIndex(
  trackId: number,
  timescale: number,
  segments: readonly { bytes: number; ms: number; independent: boolean }[],
): Uint8Array<ArrayBuffer> {
  const w = createBoxWriter(HEADER + 4 + 8 + 16 + 4 + 12 * segments.length)
  let ticks = 0
  let ms = 0
  w.fullBox('sidx', 1, 0, () => {
    w.u32(trackId)
    w.u32(timescale)
    w.u64(0) // earliest presentation time
    w.u64(0) // from the end of this box
    w.u16(0)
    w.u16(segments.length)
    for (const segment of segments) {
      ms += segment.ms
      // From the sum, so that roundings do not add up.
      const until = Math.round((ms * timescale) / 1000)
      w.u32(segment.bytes)
      w.u32(until - ticks)
      w.u32(segment.independent ? 0x90000000 : 0) // begins with a key frame
      ticks = until
    }
  })
  return w.done()
}
