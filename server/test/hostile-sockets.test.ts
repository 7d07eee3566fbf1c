// Sockets that do not speak the protocol, or not as slowly as they should, or come from elsewhere.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Pass } from '../../shared/api/streams.ts'
import { LIMITS, type Err, type Frame } from '../../shared/protocol/index.ts'
import type { ChatSocket, Person } from './client.ts'
import { connectRaw, frameOf, OPCODES, type RawSocket } from './raw-socket.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow, type Show } from './show.ts'

const SLOW = 120_000

let server: ServerProcess
let show: Show
let ada: Person
let neighbour: ChatSocket
let port: number

beforeAll(async () => {
  server = await startServer()
  port = Number(new URL(server.url).port)
  show = await openShow(server)
  ada = await guest(server, 'Ada')
  neighbour = await ada.join(show.stream.slug)
}, SLOW)
afterAll(() => server[Symbol.asyncDispose]())

const passOf = async (person: Person) =>
  (await person.call<Pass>('POST', `/api/streams/${show.stream.slug}/pass`, {})).pass

/** What a socket does, and the code it is closed with. */
const CLOSING: [name: string, path: string, does: (raw: RawSocket, pass: string) => void, code: number][] = [
  ['says something that is not JSON', '/chat', (raw) => raw.text('hi'), 4400],
  ['says nothing', '/chat', () => undefined, 4401],
  ['sends a binary frame first', '/chat', (raw) => raw.binary(new Uint8Array(8)), 4400],
  [
    'sends a command first',
    '/chat',
    (raw) => raw.text(JSON.stringify({ t: 'unpin', id: randomUUID() })),
    4400,
  ],
  [
    'says hello with more than it should',
    '/chat',
    (raw, pass) => raw.text(JSON.stringify({ t: 'hello', pass, role: 'host' })),
    4400,
  ],
  ['says hello with a pass that is none', '/chat', (raw) => raw.text('{"t":"hello","pass":"x"}'), 4401],
  [
    'says hello twice',
    '/chat',
    (raw, pass) => [1, 2].forEach(() => raw.text(JSON.stringify({ t: 'hello', pass }))),
    4400,
  ],
  [
    'sends binary after hello',
    '/chat',
    (raw, pass) => {
      raw.text(JSON.stringify({ t: 'hello', pass }))
      raw.binary(new Uint8Array(8))
    },
    4400,
  ],
  [
    'sends what is not JSON after hello',
    '/chat',
    (raw, pass) => {
      raw.text(JSON.stringify({ t: 'hello', pass }))
      raw.text('{"t":"say",')
    },
    4400,
  ],
  ['sends more than a frame may hold', '/chat', (raw) => raw.text('x'.repeat(LIMITS.commandBytes + 1)), 1006],
  [
    'sends text that is not UTF-8',
    '/chat',
    (raw) => raw.write(frameOf(OPCODES.text, Buffer.from([0xff]))),
    1006,
  ],
  ['watches with a pass that is none', '/push', (raw) => raw.text('{"t":"watch","pass":"x"}'), 4401],
  ['watches without words', '/push', () => undefined, 4401],
  ['watches in another language', '/push', (raw) => raw.text('watch'), 4400],
  ['publishes with a grant that is none', '/ingest', (raw) => raw.text('{"t":"publish","grant":"x"}'), 4401],
  ['publishes without asking', '/ingest', (raw) => raw.binary(new Uint8Array(64)), 4400],
]

test(
  'C1 a socket that does not speak the protocol is closed with the code that says why',
  { timeout: SLOW },
  async () => {
    const pass = await passOf(ada)
    const closed = await Promise.all(
      CLOSING.map(async ([name, path, does]) => {
        const raw = await connectRaw(port, path)
        does(raw, pass)
        const { code } = await raw.closed()
        return [name, code]
      }),
    )
    expect(closed).toEqual(CLOSING.map(([name, , , code]) => [name, code]))
  },
)

test(
  'C8 commands without end are refused with the time to wait, then the socket is closed with 4429',
  { timeout: SLOW },
  async () => {
    const pass = await passOf(show.host)
    const raw = await connectRaw(port, '/chat')
    raw.text(JSON.stringify({ t: 'hello', pass }))
    for (let i = 0; i < 300; i++) raw.text(JSON.stringify({ t: 'unpin', id: randomUUID() }))
    expect(await raw.closed()).toMatchObject({
      code: 4429,
      reason: expect.stringMatching(/retry_in_ms=\d+/) as string,
    })
    const refused = raw.frames
      .filter(({ opcode }) => opcode === OPCODES.text)
      .map(({ payload }) => JSON.parse(payload.toString()) as Frame)
      .filter((frame): frame is Err => frame.t === 'err' && frame.code === 'rate_limited')
    expect(refused.length).toBeGreaterThan(10)
    for (const { retryAfterMs } of refused) expect(retryAfterMs).toBeGreaterThan(0)
  },
)

test(
  'C9 a page of another origin opens no socket, whatever cookie it brings',
  { timeout: SLOW },
  async () => {
    const cookie = ada.cookie()
    for (const path of ['/chat', '/push', '/ingest'])
      for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`])
        expect((await connectRaw(port, path, { origin, cookie })).status).toBe(403)
    expect((await connectRaw(port, '/chat', { origin: server.url })).status).toBe(101)
  },
)

test('O5 the neighbours were not disturbed, the server works, and its log holds no pass and no cookie', async () => {
  expect(await neighbour.ask({ t: 'say', text: 'still here' })).toMatchObject({ t: 'ok', seq: 1 })
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  const log = server.output().replace(server.loginLink ?? '', '')
  for (const secret of ['still here', 'eyJ', ada.cookie(), show.host.cookie()])
    expect(log).not.toContain(secret)
  expect(log).not.toContain('"level":50')
})
