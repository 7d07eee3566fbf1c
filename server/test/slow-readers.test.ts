// Hostile readers on real sockets of a real server: those that stop or dribble in a busy room, and those that
// come and go by the hundred.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Pass, StreamPage } from '../../shared/api/streams.ts'
import type { Entries, Frame, Ok, Snapshot } from '../../shared/protocol/index.ts'
import type { ChatSocket, Person } from './client.ts'
import { connectRaw, type RawSocket } from './raw-socket.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow, type Show } from './show.ts'

const KB = 1_024
const BOUND = 256 * KB
/** The longest text, and as a quote of another it stands in an entry twice. */
const LONG = '😀'.repeat(500)
const ENTRY_BYTES = 2 * Buffer.byteLength(LONG)

/** The kernel may hold this much for one loopback connection before a byte waits in the server. */
const most = (name: string) => Number(/\d+\s*$/.exec(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8'))?.[0])
const KERNEL = most('tcp_wmem') + most('tcp_rmem')

let server: ServerProcess
let show: Show
let hana: ChatSocket
let said = 0
let quoted = ''

beforeAll(async () => {
  const many = '100000'
  server = await startServer({
    env: {
      SOCKETS_PER_ADDRESS: many,
      CHAT_SOCKETS_PER_PERSON: many,
      CHAT_COMMANDS_PER_SECOND: many,
      MESSAGES_PER_SECOND: many,
      GUESTS_PER_MINUTE: many,
      PASSES_PER_MINUTE: many,
    },
  })
  show = await openShow(server)
  hana = await show.host.join(show.stream.slug)
  const first = (await hana.ask({ t: 'say', text: LONG })) as Ok
  quoted = first.id ?? ''
  said = 1
})
afterAll(async () => {
  hana.close()
  await server[Symbol.asyncDispose]()
})

type Line = { msg: string; stream: string; principal: string; closes: number }
const slowLines = (): Line[] =>
  server
    .output()
    .split('\n')
    .filter((line) => line.includes('chat.slow_reader'))
    .map((line) => JSON.parse(line) as Line)
const linesOf = (person: { id: string }) => slowLines().filter(({ principal }) => principal === person.id)

/** Talks until `enough`, or until more was said than kernel and bound can hold. */
async function talk(enough: () => boolean): Promise<void> {
  for (let bytes = 0; !enough() && bytes < KERNEL + 2 * BOUND; bytes += 50 * ENTRY_BYTES) {
    await Promise.all(Array.from({ length: 50 }, () => hana.ask({ t: 'say', text: LONG, replyTo: quoted })))
    said += 50
  }
}

async function joinRaw(person: Person): Promise<RawSocket> {
  const { pass } = await person.call<Pass>('POST', `/api/streams/${show.stream.slug}/pass`, {})
  const socket = await connectRaw(Number(new URL(server.url).port), '/chat')
  socket.text(JSON.stringify({ t: 'hello', pass }))
  expect(await socket.nextText()).toContain('"welcome"')
  return socket
}

/** Bytes this process holds in memory. */
function residentBytes(pid: number): number {
  const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kb) * KB
}

test('C7 C14 stopped and dribbling readers are cut at the bound, once each, and cost nobody else', async () => {
  const people = await Promise.all(['Ada', 'Bob', 'Cleo', 'Dan'].map((name) => guest(server, name)))
  const eve = await (await guest(server, 'Eve')).join(show.stream.slug)
  const stopped = await Promise.all(people.flatMap((person) => [joinRaw(person), joinRaw(person)]))
  const dribbling = await Promise.all(people.map((person) => joinRaw(person)))
  for (const socket of [...stopped, ...dribbling]) socket.tcp.pause()
  const drip = setInterval(() => {
    for (const { tcp } of dribbling) tcp.read(1)
  }, 1_000)
  const sockets = stopped.length + dribbling.length
  const before = residentBytes(server.pid)

  await talk(() => slowLines().length === sockets)
  // Whoever passed the bound is gone within five seconds.
  await expect.poll(() => slowLines().length, { timeout: 5_000 }).toBe(sockets)
  const grown = residentBytes(server.pid) - before
  clearInterval(drip)

  for (const person of people)
    expect(linesOf(person).map(({ stream, closes }) => [stream, closes])).toEqual(
      [1, 2, 3].map((closes) => [show.stream.id, closes]),
    )
  // Generous for the server's own work; without a bound it would be the kernel's share of each and more.
  expect(grown).toBeLessThan(sockets * BOUND + 128 * KB * KB)
  expect(server.output()).not.toContain('😀')

  const seqs = () =>
    eve.frames.flatMap((frame) =>
      frame.t === 'entries' && frame.log === 'room' ? frame.entries.map(({ seq }) => seq) : [],
    )
  await expect.poll(() => seqs().at(-1)).toBe(said)
  const first = eve.welcome.logs[0]?.seq ?? 0
  expect(seqs()).toEqual(Array.from({ length: said - first }, (_, i) => first + 1 + i))
  for (const socket of [...stopped, ...dribbling]) socket.destroy()
  eve.close()
})

test('300 sockets that come and are gone at once leave no file open and nobody in the room', async () => {
  const gus = await guest(server, 'Gus')
  const openFiles = () => readdirSync(`/proc/${server.pid}/fd`).length
  const viewers = async () =>
    (await gus.call<StreamPage>('GET', `/api/streams/${show.stream.slug}`)).stream.viewers
  await expect.poll(viewers).toBe(0)
  const before = openFiles()
  const { pass } = await gus.call<Pass>('POST', `/api/streams/${show.stream.slug}/pass`, {})
  const port = Number(new URL(server.url).port)
  await Promise.all(
    Array.from({ length: 300 }, async (_, i) => {
      const socket = await connectRaw(port, '/chat')
      // Some are let in, some leave while they join, some say nothing at all.
      if (i % 3 < 2) socket.text(JSON.stringify({ t: 'hello', pass }))
      if (i % 3 === 0) await socket.nextText()
      socket.destroy()
      await socket.ended()
    }),
  )
  await expect.poll(viewers, { timeout: 10_000 }).toBe(0)
  await expect.poll(openFiles, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2)
})

test('C15 closed three times, the next socket gets snapshots; own answers and the thread go on', async () => {
  const fay = await guest(server, 'Fay')
  const stopped = await Promise.all([joinRaw(fay), joinRaw(fay), joinRaw(fay)])
  for (const socket of stopped) socket.tcp.pause()
  await talk(() => linesOf(fay).length === stopped.length)
  await expect.poll(() => linesOf(fay).map(({ closes }) => closes)).toEqual([1, 2, 3])
  for (const socket of stopped) socket.destroy()

  const again = await fay.join(show.stream.slug)
  expect(again.welcome).toMatchObject({ snapshots: true, you: { name: 'Fay' } })
  expect(again.welcome.logs[0]?.entries).toHaveLength(20)
  for (let i = 0; i < 30; i += 1) await hana.ask({ t: 'say', text: `short ${i}` })
  expect(await again.ask({ t: 'say', text: 'still here' })).toMatchObject({ t: 'ok', log: 'room' })
  expect(await again.ask({ t: 'whisper', text: 'psst' })).toMatchObject({ t: 'ok', log: 'thread' })
  await again.said('psst')
  const isShowing = (frame: Frame): frame is Snapshot =>
    frame.t === 'snapshot' && JSON.stringify(frame).includes('still here')
  const { entries, seq } = await again.seen(isShowing)
  expect(entries.map((entry) => entry.seq)).toEqual(Array.from({ length: 20 }, (_, i) => seq - 19 + i))
  const inRoom = (frame: Frame): frame is Entries => frame.t === 'entries' && frame.log === 'room'
  expect(again.frames.filter(inRoom)).toEqual([])
  again.close()
})
