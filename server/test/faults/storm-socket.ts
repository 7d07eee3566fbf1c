// A WebSocket client over node:net that costs next to nothing, so that one process can be ten thousand phones.
// It trusts its server: no check of the handshake, no fragments, no binary.
import { connect } from 'node:net'
import type { Socket } from '../../../client/chat/surroundings.ts'
import { frameOf, OPCODES } from '../raw-socket.ts'

const REQUEST = [
  'GET /chat HTTP/1.1',
  'host: 127.0.0.1',
  'upgrade: websocket',
  'connection: Upgrade',
  'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
  'sec-websocket-version: 13',
  '\r\n',
].join('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')

/** What its user does not see. `gaveUp`: closed from this side while it was open. */
export type Seen = {
  sent(text: string): void
  ended(event: { code: number; reason: string; gaveUp: boolean }): void
}

/** `onclose` says 1006 for a line that breaks, with the reason it was refused for. */
export function openLightSocket(port: number, seen: Seen): Socket {
  const tcp = connect({ port, host: '127.0.0.1', noDelay: true })
  let rest: Buffer | null = null
  let upgraded = false
  let closed: { code: number; reason: string } | null = null
  let gaveUp = false

  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send(text) {
      seen.sent(text)
      tcp.write(frameOf(OPCODES.text, text))
    },
    close() {
      gaveUp = true
      tcp.destroy()
    },
  }

  tcp.on('connect', () => tcp.write(REQUEST))
  tcp.on('error', (error: NodeJS.ErrnoException) => (closed ??= { code: 1006, reason: error.code ?? '' }))
  tcp.on('close', () => {
    const event = closed ?? { code: 1006, reason: '' }
    seen.ended({ ...event, gaveUp })
    socket.onclose?.(event)
  })
  tcp.on('data', (chunk: Buffer) => {
    let data = rest ? Buffer.concat([rest, chunk]) : chunk
    rest = null
    if (!upgraded) {
      const end = data.indexOf(HEAD_END)
      if (end < 0) {
        rest = data
        return
      }
      const status = data.toString('latin1', 9, 12)
      if (status !== '101') {
        closed = { code: 1006, reason: `HTTP ${status}` }
        tcp.destroy()
        return
      }
      upgraded = true
      data = data.subarray(end + HEAD_END.byteLength)
      socket.onopen?.()
    }
    const used = readFrames(data, received)
    if (used < data.byteLength) rest = data.subarray(used)
  })

  function received(opcode: number, payload: Buffer) {
    if (opcode === OPCODES.text) socket.onmessage?.({ data: payload.toString() })
    else if (opcode === OPCODES.ping) tcp.write(frameOf(OPCODES.pong, payload))
    else if (opcode === OPCODES.close) {
      const code = payload.byteLength >= 2 ? payload.readUInt16BE(0) : 1005
      closed = { code, reason: payload.toString('utf8', 2) }
      tcp.end()
    }
  }
  return socket
}

/** Gives every whole frame of `data`; returns how many bytes they were. */
function readFrames(data: Buffer, received: (opcode: number, payload: Buffer) => void): number {
  for (let at = 0; ;) {
    if (data.byteLength < at + 2) return at
    let length = data.readUInt8(at + 1) & 127
    let start = at + 2
    if (length === 126) {
      if (data.byteLength < at + 4) return at
      length = data.readUInt16BE(at + 2)
      start = at + 4
    } else if (length === 127) {
      if (data.byteLength < at + 10) return at
      length = Number(data.readBigUInt64BE(at + 2))
      start = at + 10
    }
    if (data.byteLength < start + length) return at
    received(data.readUInt8(at) & 15, data.subarray(start, start + length))
    at = start + length
  }
}
