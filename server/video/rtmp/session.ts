// One encoder that calls us, as a conversation: bytes in, events and bytes out. It knows the protocol and nothing
// of streams or keys. Whatever comes in, it never throws.
import { decodeAmf, type AmfValue } from './amf0.ts'
import { createChunkReader } from './chunks-in.ts'
import { createChunkWriter } from './chunks-out.ts'
import { createCalledHandshake } from './handshake.ts'
import {
  ack,
  ackWindow,
  command,
  control,
  EVENT,
  peerBandwidth,
  status,
  TYPE,
  type Outgoing,
  type RtmpMessage,
} from './messages.ts'

export type RtmpEvent =
  | { type: 'send'; bytes: Uint8Array }
  /** The handshake is over. */
  | { type: 'greeted' }
  /** It wants to publish under this name, which is the stream key; `accept` or `refuse` answers. */
  | { type: 'publish'; name: string }
  /** `ts` as on the wire: 32 bits that wrap. */
  | { type: 'video' | 'audio'; ts: number; payload: Uint8Array }
  /** It has ended its stream by itself. */
  | { type: 'unpublish' }
  /** Nothing can be made of it any more. */
  | { type: 'broken'; says: string }

export type RtmpSession = {
  push(bytes: Uint8Array): RtmpEvent[]
  accept(): Uint8Array
  /** `known`: it was publishing until now. */
  refuse(says: string, known: boolean): Uint8Array
}

/** A command with everything that encoders put into it. */
const MOST_COMMAND_BYTES = 16_384
/** A key frame of 4K at its worst, with its header. */
const MOST_MEDIA_BYTES = 2_000_100
const CHUNK_BYTES = 4_096
const WINDOW_BYTES = 2_500_000
const STREAM = 1
const MOST_NAME_CHARS = 512

/** `noise`: at least 1528 characters. */
export function createRtmpSession(noise: string): RtmpSession {
  const handshake = createCalledHandshake(noise)
  const reader = createChunkReader(MOST_COMMAND_BYTES)
  const writer = createChunkWriter()
  let greeted = false
  let connected = false
  let publishing = false
  let over = false
  let received = 0
  let acked = 0
  let ackEvery = WINDOW_BYTES / 2
  let events: RtmpEvent[] = []

  const send = (...messages: readonly Outgoing[]) => {
    for (const message of messages) events.push({ type: 'send', bytes: writer.message(message) })
  }
  function broken(says: string): void {
    over = true
    events.push({ type: 'broken', says })
  }

  function onCommand(values: AmfValue[] | null): void {
    const [name, transaction, , given] = values ?? []
    if (typeof name !== 'string' || typeof transaction !== 'number') {
      broken('A command could not be read.')
      return
    }
    switch (name) {
      case 'connect':
        connect(transaction)
        return
      case 'releaseStream':
      case 'FCPublish':
        send(command(0, '_result', transaction, null, undefined))
        return
      case 'createStream':
        if (connected) send(command(0, '_result', transaction, null, STREAM))
        else broken('createStream came before connect.')
        return
      case 'publish':
        publish(given)
        return
      case 'play':
      case 'play2':
        broken('Nothing is played from here. Viewers open the watch page.')
        return
      case 'FCUnpublish':
      case 'deleteStream':
      case 'closeStream':
        if (publishing) events.push({ type: 'unpublish' })
        publishing = false
        return
      default: // _checkbw and what else there is: nothing waits for an answer
    }
  }

  function connect(transaction: number): void {
    connected = true
    send(ackWindow(WINDOW_BYTES), peerBandwidth(WINDOW_BYTES))
    events.push({ type: 'send', bytes: writer.resize(CHUNK_BYTES) })
    const description = 'Connection succeeded.'
    const code = 'NetConnection.Connect.Success'
    send(
      command(
        0,
        '_result',
        transaction,
        { fmsVer: 'FMS/3,0,1,123', capabilities: 31 },
        { level: 'status', code, description, objectEncoding: 0 },
      ),
    )
  }

  function publish(given: AmfValue): void {
    if (!connected || publishing) broken('publish came at the wrong time.')
    else if (typeof given !== 'string' || given.length > MOST_NAME_CHARS)
      broken('publish came without a name.')
    else {
      publishing = true
      events.push({ type: 'publish', name: given })
    }
  }

  function hear({ type, ts, payload }: RtmpMessage): void {
    switch (type) {
      case TYPE.command:
        onCommand(decodeAmf(payload))
        return
      case TYPE.amf3Command: // one byte, and then the same in AMF0
        onCommand(decodeAmf(payload.subarray(1)))
        return
      case TYPE.video:
        if (publishing) events.push({ type: 'video', ts, payload })
        return
      case TYPE.audio:
        if (publishing) events.push({ type: 'audio', ts, payload })
        return
      case TYPE.ackWindow:
        if (payload.byteLength >= 4) ackEvery = Math.max(4_096, numberIn(payload, 0) / 2)
        return
      case TYPE.control:
        if (payload.byteLength >= 6 && payload[1] === EVENT.ping)
          send(control(EVENT.pong, numberIn(payload, 2)))
        return
      case TYPE.aggregate:
        broken('Aggregate messages are not supported.')
        return
      default: // acknowledgements, bandwidth, metadata: the codecs say it themselves
    }
  }

  function take(bytes: Uint8Array): void {
    received += bytes.byteLength
    const { messages, fault } = reader.push(bytes)
    for (const message of messages) if (!over) hear(message)
    if (over) return
    if (fault !== null) broken(fault)
    else if (received - acked >= ackEvery) {
      acked = received
      send(ack(received))
    }
  }

  function greet(bytes: Uint8Array): void {
    const step = handshake.push(bytes)
    if ('fault' in step) {
      broken(step.fault)
      return
    }
    if (step.send) events.push({ type: 'send', bytes: step.send })
    if (!step.rest) return
    greeted = true
    events.push({ type: 'greeted' })
    take(step.rest)
  }

  return {
    push(bytes) {
      if (over) return []
      events = []
      if (greeted) take(bytes)
      else greet(bytes)
      return events
    },
    accept() {
      reader.allow(MOST_MEDIA_BYTES)
      events = []
      send(
        control(EVENT.streamBegin, STREAM),
        status(STREAM, 'status', 'NetStream.Publish.Start', 'You are live as soon as pictures come.'),
      )
      return flat(events)
    },
    refuse(says, known) {
      over = true
      events = []
      send(status(STREAM, 'error', known ? 'NetStream.Publish.Failed' : 'NetStream.Publish.BadName', says))
      return flat(events)
    },
  }
}

const numberIn = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at)

/** All that is to be sent, in one piece. */
function flat(events: readonly RtmpEvent[]): Uint8Array {
  const pieces = events.flatMap((event) => (event.type === 'send' ? [event.bytes] : []))
  const bytes = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.byteLength
  }
  return bytes
}
