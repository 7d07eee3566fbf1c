// Messages to chunks. Every message begins with a whole header: twelve bytes more than could be saved, and nothing
// to remember or to get wrong.
import { chunkSize, type Outgoing } from './messages.ts'

export type ChunkWriter = {
  message(message: Outgoing): Uint8Array<ArrayBuffer>
  /** Says that chunks are this long from now on. */
  resize(bytes: number): Uint8Array<ArrayBuffer>
}

const FIRST_CHUNK_BYTES = 128
const EXTENDED = 0xffffff

export function createChunkWriter(): ChunkWriter {
  let chunkBytes = FIRST_CHUNK_BYTES

  function message({ channel, type, stream, ts, payload }: Outgoing): Uint8Array<ArrayBuffer> {
    const isExtended = ts >= EXTENDED
    const extended = isExtended ? 4 : 0
    const chunks = Math.max(1, Math.ceil(payload.byteLength / chunkBytes))
    const out = new Uint8Array(12 + extended + (chunks - 1) * (1 + extended) + payload.byteLength)
    const view = new DataView(out.buffer)
    view.setUint8(0, channel)
    u24(view, 1, isExtended ? EXTENDED : ts)
    u24(view, 4, payload.byteLength)
    view.setUint8(7, type)
    view.setUint32(8, stream, true)
    let at = 12
    for (let i = 0; i < chunks; i++) {
      if (i > 0) view.setUint8(at++, 0xc0 | channel)
      if (isExtended) view.setUint32(at, ts)
      at += extended
      const piece = payload.subarray(i * chunkBytes, (i + 1) * chunkBytes)
      out.set(piece, at)
      at += piece.byteLength
    }
    return out
  }

  return {
    message,
    resize(bytes) {
      const said = message(chunkSize(bytes))
      chunkBytes = bytes
      return said
    },
  }
}

function u24(view: DataView, at: number, value: number): void {
  view.setUint16(at, value >> 8)
  view.setUint8(at + 2, value & 0xff)
}
