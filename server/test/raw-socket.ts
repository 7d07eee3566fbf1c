// A WebSocket client over node:net that sends whatever bytes a test wants, right or wrong.
import { createConnection } from 'node:net'
import { randomBytes } from 'node:crypto'

export type RawFrame = { opcode: number; payload: Buffer }
export type RawSocket = Awaited<ReturnType<typeof connectRaw>>

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** One client frame. `mask: false` and odd `opcode`, `flags` or `length` make hostile ones. */
export function frameOf(
  opcode: number,
  payload: Uint8Array | string,
  options: { fin?: boolean; flags?: number; mask?: boolean; length?: bigint } = {},
): Buffer {
  const { fin = true, flags = 0, mask = true } = options
  const body = Buffer.from(payload as Uint8Array)
  const length = options.length ?? BigInt(body.byteLength)
  const maskBit = mask ? 0x80 : 0
  const head = [(fin ? 0x80 : 0) | flags | opcode]
  if (length < 126n) head.push(maskBit | Number(length))
  else if (length < 65_536n) head.push(maskBit | 126, Number(length >> 8n), Number(length & 255n))
  else
    head.push(
      maskBit | 127,
      ...[56n, 48n, 40n, 32n, 24n, 16n, 8n, 0n].map((s) => Number((length >> s) & 255n)),
    )
  if (!mask) return Buffer.concat([Buffer.from(head), body])
  const key = randomBytes(4)
  const masked = body.map((byte, i) => byte ^ (key[i % 4] as number))
  return Buffer.concat([Buffer.from(head), key, masked])
}

/** Resolves once the upgrade was answered, whatever the answer. */
export async function connectRaw(port: number, path: string, headers: Record<string, string> = {}) {
  const socket = createConnection({ port, host: '127.0.0.1' })
  const frames: RawFrame[] = []
  const waiting: (() => void)[] = []
  let buffer: Buffer = Buffer.alloc(0)
  let status = 0
  let head = ''
  let ended = false
  const wake = () => waiting.splice(0).forEach((resolve) => resolve())

  socket.on('error', () => undefined) // `ended` says all a test wants to know
  socket.on('close', () => {
    ended = true
    wake()
  })
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    if (status === 0) readHead()
    if (status === 101) readFrames()
    wake()
  })
  socket.write(upgradeRequest(path, headers))

  function readHead() {
    const end = buffer.indexOf('\r\n\r\n')
    if (end < 0) return
    head = buffer.toString('latin1', 0, end)
    status = Number(buffer.toString('latin1', 9, 12))
    buffer = buffer.subarray(end + 4)
  }
  function readFrames() {
    for (;;) {
      if (buffer.byteLength < 2) return
      let length = (buffer[1] as number) & 127
      let start = 2
      if (length === 126) {
        if (buffer.byteLength < 4) return
        length = buffer.readUInt16BE(2)
        start = 4
      } else if (length === 127) {
        if (buffer.byteLength < 10) return
        length = Number(buffer.readBigUInt64BE(2))
        start = 10
      }
      if (buffer.byteLength < start + length) return
      const payload = Buffer.from(buffer.subarray(start, start + length))
      frames.push({ opcode: (buffer[0] as number) & 15, payload })
      buffer = buffer.subarray(start + length)
    }
  }

  async function until(met: () => boolean): Promise<void> {
    while (!met() && !ended) await new Promise<void>((resolve) => waiting.push(resolve))
  }

  await until(() => status !== 0)
  return {
    status,
    head,
    frames,
    tcp: socket,
    write: (bytes: Uint8Array) => socket.write(bytes),
    text: (text: string) => socket.write(frameOf(OPCODES.text, text)),
    binary: (bytes: Uint8Array) => socket.write(frameOf(OPCODES.binary, bytes)),
    /** The next text frame. */
    async nextText(): Promise<string | null> {
      const isText = (frame: RawFrame) => frame.opcode === OPCODES.text
      await until(() => frames.some(isText))
      const at = frames.findIndex(isText)
      return at < 0 ? null : (frames.splice(at, 1)[0]?.payload.toString() ?? null)
    },
    /** Code and reason of the server's close frame; 1006 when the connection ended without one. */
    async closed(): Promise<{ code: number; reason: string }> {
      const isClose = (frame: RawFrame) => frame.opcode === OPCODES.close
      await until(() => frames.some(isClose))
      const frame = frames.find(isClose)
      return frame && frame.payload.byteLength >= 2
        ? { code: frame.payload.readUInt16BE(0), reason: frame.payload.toString('utf8', 2) }
        : { code: 1006, reason: '' }
    },
    ended: () => until(() => false),
    destroy: () => socket.destroy(),
  }
}

function upgradeRequest(path: string, headers: Record<string, string>): string {
  const lines = Object.entries({
    host: '127.0.0.1',
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-version': '13',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`)
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}
