// The messages of RTMP: their kinds, and the small ones of the protocol itself.
import { encodeAmf, type Sayable } from './amf0.ts'

/** `ts` in milliseconds, 32 bits that wrap. `stream` is the message stream: 0 for the connection itself. */
export type RtmpMessage = { type: number; stream: number; ts: number; payload: Uint8Array }

export const TYPE = {
  chunkSize: 1,
  abort: 2,
  ack: 3,
  control: 4,
  ackWindow: 5,
  peerBandwidth: 6,
  audio: 8,
  video: 9,
  amf3Command: 17,
  data: 18,
  command: 20,
  aggregate: 22,
} as const

/** User control events. */
export const EVENT = { streamBegin: 0, ping: 6, pong: 7 } as const

/** What goes out, with the chunk stream it goes on. */
export type Outgoing = RtmpMessage & { channel: number }

const PROTOCOL_CHANNEL = 2
const COMMAND_CHANNEL = 3
export const AUDIO_CHANNEL = 4
export const VIDEO_CHANNEL = 6
const DATA_CHANNEL = 5

export function u32(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => view.setUint32(4 * i, value >>> 0))
  return bytes
}

const protocol = (type: number, payload: Uint8Array): Outgoing => ({
  ...{ channel: PROTOCOL_CHANNEL, type, stream: 0, ts: 0, payload },
})

export const chunkSize = (bytes: number): Outgoing => protocol(TYPE.chunkSize, u32(bytes))
/** `bytes`: all that were received so far. */
export const ack = (bytes: number): Outgoing => protocol(TYPE.ack, u32(bytes))
export const ackWindow = (bytes: number): Outgoing => protocol(TYPE.ackWindow, u32(bytes))
export const peerBandwidth = (bytes: number): Outgoing =>
  protocol(TYPE.peerBandwidth, new Uint8Array([...u32(bytes), 2])) // 2: dynamic

export const control = (event: number, value: number): Outgoing =>
  protocol(TYPE.control, new Uint8Array([0, event, ...u32(value)]))

export const command = (stream: number, ...values: readonly Sayable[]): Outgoing => ({
  ...{ channel: COMMAND_CHANNEL, type: TYPE.command, stream, ts: 0, payload: encodeAmf(...values) },
})

/** Metadata: `@setDataFrame` and what it sets. */
export const data = (stream: number, ts: number, ...values: readonly Sayable[]): Outgoing => ({
  ...{ channel: DATA_CHANNEL, type: TYPE.data, stream, ts, payload: encodeAmf(...values) },
})

export const status = (
  stream: number,
  level: 'status' | 'error',
  code: string,
  description: string,
): Outgoing => command(stream, 'onStatus', 0, null, { level, code, description })
