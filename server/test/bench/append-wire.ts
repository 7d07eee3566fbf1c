// A chat socket that costs its process next to nothing, so that a load test measures the server: lines are encoded
// once and numbered in place, answers are told apart by a byte and matched by the number in their id.
import { connect } from 'node:net'
import { randomBytes } from 'node:crypto'

/** `number` is the line's, from its id. */
export type Heard = {
  ok(number: number, at: number): void
  refused(number: number, code: string): void
  /** A line of the room, from whomever. Asked for by those who look; others skip the bytes unread. */
  line?: ((number: number, at: number) => void) | undefined
}
export type Wire = {
  /** Sends the line with this number now. */
  say(number: number): void
  close(): void
}

const TEXT = 'the quick brown fox jumps over line '
/** Digits of the number, in the id and in the text; an id begins with the run, so that runs never meet. */
const DIGITS = 12
const READ_BYTES = 256 * 1024

const digitsOf = (number: number): string => number.toString(16).padStart(DIGITS, '0')

/** Joins a stream with a pass; resolves with the welcome. */
export async function openWire(port: number, pass: string, heard: Heard): Promise<Wire> {
  const line = createLines()
  const scan = createScanner(heard, () => socket.write(frameOf(JSON.stringify({ t: 'hello', pass }))))
  let opened: (() => void) | undefined
  let failed: ((error: Error) => void) | undefined
  const welcomed = new Promise<void>((resolve, reject) => ([opened, failed] = [resolve, reject]))
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback(bytes, buffer) {
        if (scan(buffer as Buffer, bytes)) opened?.()
        return true
      },
    },
  })
  socket.on('error', (error) => failed?.(error))
  socket.on('close', () => failed?.(new Error('the socket closed')))
  socket.write(
    `GET /chat HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: Upgrade\r\n` +
      `sec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-version: 13\r\n\r\n`,
  )
  await welcomed
  let outgoing: Buffer[] = []
  return {
    say(number) {
      // Lines of one turn leave together, as from a client that resends.
      if (outgoing.push(line(number)) > 1) return
      queueMicrotask(() => {
        socket.write(outgoing.length === 1 ? (outgoing[0] as Buffer) : Buffer.concat(outgoing))
        outgoing = []
      })
    },
    close: () => socket.destroy(),
  }
}

/** A text frame of a client. The mask is zero: the server undoes it like any other. */
function frameOf(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255, 0, 0, 0, 0])
  return Buffer.concat([head, payload])
}

/** Encodes line after line by writing its number into a copy of the first. */
function createLines(): (number: number) => Buffer {
  const run = randomBytes(4).toString('hex')
  const id = `${run}-0000-4000-8000-${'0'.repeat(DIGITS)}`
  const first = frameOf(JSON.stringify({ t: 'say', id, text: TEXT + digitsOf(0) }))
  const inId = first.indexOf(id) + id.length - DIGITS
  const inText = first.indexOf(TEXT) + TEXT.length
  return (number) => {
    const line = Buffer.from(first)
    const digits = digitsOf(number)
    line.write(digits, inId, 'latin1')
    line.write(digits, inText, 'latin1')
    return line
  }
}

/** Eats the bytes of one connection. True when they held the welcome. */
function createScanner(heard: Heard, onUpgrade: () => void): (chunk: Buffer, length: number) => boolean {
  let upgraded = false
  let skip = 0
  let rest: Buffer = Buffer.alloc(0)

  return (chunk, length) => {
    const at = performance.now()
    let welcome = false
    let start = Math.min(skip, length)
    skip -= start
    if (start === length) return false
    let data = chunk.subarray(0, length)
    if (rest.length > 0) {
      data = Buffer.concat([rest, data])
      rest = Buffer.alloc(0)
    }
    if (!upgraded) {
      const end = data.indexOf('\r\n\r\n')
      if (end >= 0) {
        if (data.toString('latin1', 9, 12) !== '101') throw new Error(data.toString('latin1', 0, end))
        upgraded = true
        onUpgrade()
        start = end + 4
      }
    }
    while (upgraded && start < data.length) {
      const frame = frameAt(data, start)
      if (!frame) break
      const { from, to } = frame
      // {"t":"entries... is not for those who do not look, however much of it is still to come.
      const skipped = !heard.line && data[from + 6] === 101 && data[from + 7] === 110
      if (to > data.length && !skipped) break
      if (skipped) skip = Math.max(0, to - data.length)
      else if (data[from + 6] === 119) welcome = true
      else read(data, from, to, at)
      start = Math.min(to, data.length)
    }
    // The buffer belongs to the socket and is filled again.
    if (start < data.length) rest = Buffer.from(data.subarray(start))
    return welcome
  }

  function read(data: Buffer, from: number, to: number, at: number) {
    // {"t":"ok","re":"... and {"t":"err","re":"...
    if (data[from + 6] === 111) heard.ok(numberAt(data, from + 16 + 24), at)
    else if (data[from + 6] === 101 && data[from + 7] === 114)
      heard.refused(
        numberAt(data, from + 17 + 24),
        (JSON.parse(data.toString('utf8', from, to)) as { code: string }).code,
      )
    else if (data[from + 6] === 101) readLines(data.subarray(from, to), at)
    else if (data[from - 2] === 0x88)
      throw new Error(`closed with ${data.readUInt16BE(from)} ${data.toString('utf8', from + 2, to)}`)
  }

  function readLines(entries: Buffer, at: number) {
    for (let found = entries.indexOf(TEXT); found >= 0; found = entries.indexOf(TEXT, found + 1))
      heard.line?.(numberAt(entries, found + TEXT.length), at)
  }
}

/** Where a frame's payload is; null until its head and first bytes are there. */
function frameAt(data: Buffer, start: number): { from: number; to: number } | null {
  if (data.length < start + 2) return null
  const short = (data[start + 1] as number) & 127
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (data.length < start + head + Math.min(short, 8)) return null
  const length =
    short === 126
      ? data.readUInt16BE(start + 2)
      : short === 127
        ? Number(data.readBigUInt64BE(start + 2))
        : short
  return { from: start + head, to: start + head + length }
}

function numberAt(data: Buffer, start: number): number {
  let value = 0
  for (let at = start; at < start + DIGITS; at++) {
    const digit = data[at] as number
    value = value * 16 + (digit > 57 ? digit - 87 : digit - 48)
  }
  return value
}
