// Chunks to messages. A message comes in chunks that are woven into those of other messages, each with as much of
// a header as has changed since the last one of its channel. What is held is bounded: a peer that nobody has let in
// yet must not make us keep more than a command.
import { TYPE, type RtmpMessage } from './messages.ts'

export type ChunkReader = {
  /** The messages that became whole, in order; with `fault`, what was wrong behind them, and nothing more follows. */
  push(bytes: Uint8Array): { messages: RtmpMessage[]; fault: string | null }
  /** The longest message from now on, in bytes. */
  allow(bytes: number): void
}

const FIRST_CHUNK_BYTES = 128
const MOST_CHUNK_BYTES = 0xffffff
/** Encoders use four or five. */
const MOST_CHANNELS = 32
const EXTENDED = 0xffffff
const HEADER_BYTES = [11, 7, 3, 0] as const
const FIRST_BUFFER_BYTES = 4_096

type Channel = {
  ts: number
  delta: number
  /** The extended timestamp, when there is one. */
  extended: number | null
  length: number
  type: number
  stream: number
  buffer: Uint8Array<ArrayBuffer>
  filled: number
}

export function createChunkReader(mostBytes: number): ChunkReader {
  let most = mostBytes
  let chunkBytes = FIRST_CHUNK_BYTES
  const channels = new Map<number, Channel>()
  /** An unfinished header. */
  let rest = new Uint8Array(0)
  /** The chunk whose payload is coming, and how much of it is still to come. */
  let open: { channel: Channel; need: number } | undefined
  let broken = false

  /** The channel and the length of the header, null when more is needed, or what is wrong. */
  function header(bytes: Uint8Array, from: number): { channel: Channel; size: number } | string | null {
    const view = new DataView(bytes.buffer, bytes.byteOffset + from, bytes.byteLength - from)
    const has = (size: number) => view.byteLength >= size
    if (!has(1)) return null
    const first = view.getUint8(0)
    const format = (first >> 6) as 0 | 1 | 2 | 3
    const short = first & 63
    const at = short === 0 ? 2 : short === 1 ? 3 : 1
    if (!has(at + HEADER_BYTES[format])) return null
    const id =
      short === 0
        ? 64 + view.getUint8(1)
        : short === 1
          ? 64 + view.getUint8(1) + 256 * view.getUint8(2)
          : short
    const known = channels.get(id)
    if (format > 0 && !known) return 'A chunk refers to one that never came.'
    if (!known && channels.size >= MOST_CHANNELS) return 'Too many chunk streams.'

    const channel: Channel = known ?? {
      ...{ ts: 0, delta: 0, extended: null, length: 0, type: 0, stream: 0, filled: 0 },
      buffer: new Uint8Array(0),
    }
    let size = at + HEADER_BYTES[format]
    if (format === 3) {
      // Not everybody repeats it here, as the standard has it: it is one when it reads the same.
      if (channel.extended !== null) {
        if (!has(size + 4)) return null
        if (view.getUint32(size) === channel.extended) size += 4
      }
      if (channel.filled === 0) channel.ts = (channel.ts + channel.delta) >>> 0
    } else {
      const field = u24(view, at)
      if (field === EXTENDED) {
        if (!has(size + 4)) return null
        channel.extended = view.getUint32(size)
        size += 4
      } else channel.extended = null
      channel.delta = channel.extended ?? field
      channel.ts = format === 0 ? channel.delta : (channel.ts + channel.delta) >>> 0
      if (format < 2) {
        channel.length = u24(view, at + 3)
        channel.type = view.getUint8(at + 6)
      }
      if (format === 0) channel.stream = view.getUint32(at + 7, true)
      // Whatever had begun on this channel is given up.
      channel.filled = 0
    }
    if (channel.length > most) return `A message of ${channel.length} bytes is too long.`
    channels.set(id, channel)
    return { channel, size }
  }

  function append(channel: Channel, bytes: Uint8Array): void {
    const needed = channel.filled + bytes.byteLength
    if (channel.buffer.byteLength < needed) {
      // Grown as it comes: a length that was only claimed costs nothing.
      const doubled = Math.max(needed, 2 * channel.buffer.byteLength, FIRST_BUFFER_BYTES)
      const grown = new Uint8Array(Math.min(channel.length, doubled))
      grown.set(channel.buffer.subarray(0, channel.filled))
      channel.buffer = grown
    }
    channel.buffer.set(bytes, channel.filled)
    channel.filled = needed
  }

  const held = () => {
    let sum = 0
    for (const { buffer } of channels.values()) sum += buffer.byteLength
    return sum
  }

  /** The message, or null for one that is the reader's own; a text is a fault. */
  function whole(channel: Channel): RtmpMessage | string | null {
    const { type, stream, ts, buffer, filled } = channel
    const payload = buffer.subarray(0, filled)
    channel.buffer = new Uint8Array(0)
    channel.filled = 0
    if (type !== TYPE.chunkSize && type !== TYPE.abort) return { type, stream, ts, payload }
    if (payload.byteLength < 4) return 'A control message is too short.'
    const value = new DataView(payload.buffer, payload.byteOffset).getUint32(0)
    if (type === TYPE.abort) {
      const aborted = channels.get(value)
      if (aborted) aborted.filled = 0
      return null
    }
    if (value < 1 || value > MOST_CHUNK_BYTES) return `Chunks of ${value} bytes are not allowed.`
    chunkBytes = value
    return null
  }

  function read(data: Uint8Array, messages: RtmpMessage[]): string | null {
    let at = 0
    for (;;) {
      if (!open) {
        const head = header(data, at)
        if (typeof head === 'string') return head
        if (head === null) break
        at += head.size
        const { channel } = head
        open = { channel, need: Math.min(chunkBytes, channel.length - channel.filled) }
      }
      const { channel } = open
      const got = data.subarray(at, at + open.need)
      if (got.byteLength > 0) append(channel, got)
      at += got.byteLength
      open.need -= got.byteLength
      if (open.need > 0) break
      open = undefined
      if (channel.filled < channel.length) continue
      const message = whole(channel)
      if (typeof message === 'string') return message
      if (message) messages.push(message)
    }
    rest = data.slice(at)
    return held() > 2 * most ? 'Too many messages at once.' : null
  }

  return {
    push(bytes) {
      const messages: RtmpMessage[] = []
      if (broken) return { messages, fault: null }
      const fault = read(rest.byteLength === 0 ? bytes : joined(rest, bytes), messages)
      broken = fault !== null
      return { messages, fault }
    },
    allow: (bytes) => void (most = bytes),
  }
}

const u24 = (view: DataView, at: number): number => (view.getUint16(at) << 8) | view.getUint8(at + 2)

export function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.byteLength + b.byteLength)
  both.set(a)
  both.set(b, a.byteLength)
  return both
}
