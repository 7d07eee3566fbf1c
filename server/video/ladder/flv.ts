// FLV as a file: what goes between this server and a process that makes pictures smaller. RTMP carries the same tags
// in chunks of its own.

/** `ts` in milliseconds. */
export type FlvTag = { type: number; ts: number; payload: Uint8Array }

export const FLV_VIDEO = 9

const HEADER_BYTES = 9
const TAG_BYTES = 11
const SIZE_BYTES = 4
/** A small picture is some tens of kilobytes. */
const MOST_TAG_BYTES = 4_000_000

/** With which a file of pictures without sound begins. */
export const flvHeader = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, HEADER_BYTES, 0, 0, 0, 0])

/** `ts` in whole milliseconds from 0 to 2^31 - 1. */
export function flvTag({ type, ts, payload }: FlvTag): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TAG_BYTES + payload.byteLength + SIZE_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, type * 0x1000000 + payload.byteLength)
  // The low 24 bits of the time, then the high 8.
  view.setUint32(4, ((ts & 0xffffff) << 8) | (ts >>> 24))
  bytes.set(payload, TAG_BYTES)
  view.setUint32(TAG_BYTES + payload.byteLength, TAG_BYTES + payload.byteLength)
  return bytes
}

/** Takes a file as it comes, in any pieces; gives the tags that are whole, or null once it is no FLV. */
export function createFlvReader(): (bytes: Uint8Array) => FlvTag[] | null {
  let rest: Uint8Array = new Uint8Array(0)
  let begun = false
  let broken = false

  return (bytes) => {
    if (broken) return null
    const all = new Uint8Array(rest.byteLength + bytes.byteLength)
    all.set(rest)
    all.set(bytes, rest.byteLength)
    const view = new DataView(all.buffer)
    let at = 0
    if (!begun) {
      if (all.byteLength < HEADER_BYTES + SIZE_BYTES) {
        rest = all
        return []
      }
      broken = view.getUint32(0) >>> 8 !== 0x464c56 || view.getUint32(5) !== HEADER_BYTES
      if (broken) return null
      begun = true
      at = HEADER_BYTES + SIZE_BYTES
    }
    const tags: FlvTag[] = []
    while (at + TAG_BYTES <= all.byteLength) {
      const size = view.getUint32(at) & 0xffffff
      broken = size > MOST_TAG_BYTES
      if (broken) return null
      const next = at + TAG_BYTES + size + SIZE_BYTES
      if (next > all.byteLength) break
      const time = view.getUint32(at + 4)
      const payload = all.subarray(at + TAG_BYTES, next - SIZE_BYTES)
      tags.push({ type: view.getUint8(at) & 0x1f, ts: (time >>> 8) | ((time & 0xff) << 24), payload })
      at = next
    }
    rest = all.slice(at)
    return tags
  }
}
