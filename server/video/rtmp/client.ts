// We as the encoder: one connection to another RTMP server, as a conversation. Bytes in, events and bytes out;
// whatever comes in, it never throws.
import { decodeAmf, type AmfMap, type AmfValue } from './amf0.ts'
import { createChunkReader } from './chunks-in.ts'
import { createChunkWriter } from './chunks-out.ts'
import { createCallingHandshake } from './handshake.ts'
import { ack, command, control, EVENT, TYPE, type Outgoing, type RtmpMessage } from './messages.ts'

export type ClientEvent =
  | { type: 'send'; bytes: Uint8Array }
  /** Media may be sent now. */
  | { type: 'publishing' }
  /** `says` without the key, whatever the other side wrote. */
  | { type: 'refused'; says: string }

export type RtmpClient = {
  begin(): Uint8Array
  push(bytes: Uint8Array): ClientEvent[]
  /** A message of media, on the stream that was published. */
  media(message: Omit<Outgoing, 'stream'>): Uint8Array
  /** Says that nothing follows. */
  bye(): Uint8Array[]
}

/** Servers tell us little. */
const MOST_MESSAGE_BYTES = 65_536
const CHUNK_BYTES = 65_536
const ACK_EVERY_BYTES = 1_000_000
const CONNECT = 1
const CREATE = 4
const PUBLISH = 5
const MOST_SAYS_CHARS = 200

export function createRtmpClient(to: { app: string; url: string; key: string; noise: string }): RtmpClient {
  const { app, url, key } = to
  const handshake = createCallingHandshake(to.noise)
  const reader = createChunkReader(MOST_MESSAGE_BYTES)
  const writer = createChunkWriter()
  let greeted = false
  let over = false
  let stream = 0
  let received = 0
  let acked = 0
  let events: ClientEvent[] = []

  const send = (...messages: readonly Outgoing[]) => {
    for (const message of messages) events.push({ type: 'send', bytes: writer.message(message) })
  }

  /** What a server says is shown to the host: printable, short, and never with the key that it was told. */
  function refused(says: string): void {
    over = true
    const plain = says.replaceAll(key, '…').replace(/[^\x20-\x7e…]/g, ' ')
    events.push({ type: 'refused', says: plain.slice(0, MOST_SAYS_CHARS) })
  }

  function onCommand(values: AmfValue[] | null): void {
    const [name, transaction, , info] = values ?? []
    if (name === '_result' && transaction === CONNECT)
      send(
        command(0, 'releaseStream', 2, null, key),
        command(0, 'FCPublish', 3, null, key),
        command(0, 'createStream', CREATE, null),
      )
    else if (name === '_result' && transaction === CREATE) {
      if (typeof info !== 'number') refused('The other side made no stream.')
      else {
        stream = info
        send(command(stream, 'publish', PUBLISH, null, key, 'live'))
      }
    } else if (
      name === '_error' &&
      (transaction === CONNECT || transaction === CREATE || transaction === PUBLISH)
    )
      refused(told(info))
    else if (name === 'onStatus') onStatus(info)
    else if (name === 'close') refused('The other side closed the connection.')
  }

  function onStatus(info: AmfValue): void {
    if (textIn(info, 'code') === 'NetStream.Publish.Start') events.push({ type: 'publishing' })
    else if (textIn(info, 'level') === 'error') refused(told(info))
  }

  function hear({ type, payload }: RtmpMessage): void {
    if (type === TYPE.command) onCommand(decodeAmf(payload))
    else if (type === TYPE.amf3Command) onCommand(decodeAmf(payload.subarray(1)))
    else if (type === TYPE.control && payload.byteLength >= 6 && payload[1] === EVENT.ping)
      send(control(EVENT.pong, new DataView(payload.buffer, payload.byteOffset).getUint32(2)))
  }

  function take(bytes: Uint8Array): void {
    received += bytes.byteLength
    const { messages, fault } = reader.push(bytes)
    for (const message of messages) if (!over) hear(message)
    if (over) return
    if (fault !== null) refused('The other side broke the protocol.')
    else if (received - acked >= ACK_EVERY_BYTES) {
      acked = received
      send(ack(received))
    }
  }

  function greet(bytes: Uint8Array): void {
    const step = handshake.push(bytes)
    if ('fault' in step) {
      refused(step.fault)
      return
    }
    if (step.send) events.push({ type: 'send', bytes: step.send })
    if (!step.rest) return
    greeted = true
    events.push({ type: 'send', bytes: writer.resize(CHUNK_BYTES) })
    const flashVer = 'FMLE/3.0 (compatible; Stagedoor)'
    send(command(0, 'connect', CONNECT, { app, type: 'nonprivate', flashVer, tcUrl: url }))
    take(step.rest)
  }

  return {
    begin: () => handshake.begin(),
    push(bytes) {
      if (over) return []
      events = []
      if (greeted) take(bytes)
      else greet(bytes)
      return events
    },
    media: (message) => writer.message({ ...message, stream }),
    bye: () =>
      [command(0, 'FCUnpublish', 6, null, key), command(0, 'deleteStream', 7, null, stream)].map((message) =>
        writer.message(message),
      ),
  }
}

const told = (info: AmfValue): string =>
  textIn(info, 'description') || textIn(info, 'code') || 'The other side refused the stream.'

/** Empty for what is no text, or not there. */
function textIn(info: AmfValue, name: string): string {
  const value = isMap(info) ? info.get(name) : undefined
  return typeof value === 'string' ? value : ''
}

const isMap = (value: AmfValue): value is AmfMap => value instanceof Map
