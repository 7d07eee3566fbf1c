// V32 who is at the other end: handshakes that are forged, replayed, misdirected or bent, over pipes in memory.
import { expect, test } from 'vitest'
import type { Pipe, PipeHears } from '../../app/relay-ports.ts'
import { createHandClock, settle } from '../../test/clock.ts'
import { keyOf } from '../../test/media/relay-world.ts'
import { answerLine, dialLine, type Line } from './line.ts'
import type { EdgeSays, OriginSays } from './messages.ts'

type Direction = 'to origin' | 'to edge'
type Bend = (bytes: Uint8Array, way: Direction, count: number) => Uint8Array | null

const AS_IT_IS: Bend = (bytes) => bytes

/** An edge and an origin with everything between them in the hands of the test. */
function meet({ edgeKey = 1, originKey = 1, wants = 'origin', bend = AS_IT_IS } = {}) {
  const clock = createHandClock(0)
  const told: string[] = []
  const sent: Record<Direction, Uint8Array[]> = { 'to origin': [], 'to edge': [] }
  let dialling: PipeHears | undefined
  const pipeTo = (way: Direction, other: () => PipeHears | undefined): Pipe => ({
    write(pieces) {
      const bytes = Buffer.concat(pieces)
      sent[way].push(new Uint8Array(bytes))
      const count = sent[way].length
      queueMicrotask(() => {
        const bent = bend(new Uint8Array(bytes), way, count)
        if (bent) other()?.bytes(bent)
      })
    },
    buffered: () => 0,
    close: () => queueMicrotask(() => other()?.closed()),
  })
  const eventsOf = (name: string) => ({
    ready: (from: string) => void told.push(`${name} ready with ${from}`),
    heard: (says: { t: string }, body: Uint8Array) =>
      void told.push(`${name} heard ${says.t} ${Buffer.from(body).toString()}`.trim()),
    closed: (why: string | null) => void told.push(`${name} closed: ${why}`),
  })
  const answered = answerLine(
    { node: 'origin', clock, secrets: keyOf(originKey) },
    pipeTo('to edge', () => dialling),
    eventsOf('origin'),
  )
  const edge: Line<EdgeSays> = dialLine(
    {
      ...{ node: 'edge', clock, secrets: keyOf(edgeKey) },
      dial(_at, hears) {
        dialling = hears
        return pipeTo('to origin', () => answered.hears)
      },
    },
    { node: wants, host: 'h', port: 1 },
    eventsOf('edge'),
  )
  const origin: Line<OriginSays> = answered.line
  return { clock, told, sent, edge, origin, toOrigin: (bytes: Uint8Array) => answered.hears.bytes(bytes) }
}

test('V32 nodes with one key meet, and what they say arrives in order', async () => {
  const { edge, origin, told } = meet()
  await settle()
  expect(told.sort()).toEqual(['edge ready with origin', 'origin ready with edge'])
  told.length = 0
  edge.send({ t: 'taken', stream: 'S' })
  origin.send({ t: 'chunk', layer: 'main', at: 0.1, ms: 3, key: true }, [Buffer.from('ab'), Buffer.from('c')])
  origin.send({ t: 'beat' })
  await settle()
  expect(told).toEqual(['origin heard taken', 'edge heard chunk abc', 'edge heard beat'])
  edge.close()
  await settle()
  expect(told.slice(3)).toEqual(['edge closed: null', 'origin closed: null'])
})

test('V32 another key opens nothing, at either end', async () => {
  for (const keys of [{ edgeKey: 2 }, { originKey: 2 }]) {
    const { told } = meet(keys)
    await settle()
    expect(told).toEqual(['edge closed: no proof', 'origin closed: null'])
  }
  // An edge that believes anybody is not believed.
  const { toOrigin, told } = meet({ bend: () => null })
  const say = (words: object) => {
    const json = Buffer.from(JSON.stringify(words))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(json.byteLength)
    toOrigin(Buffer.concat([length, json]))
  }
  say({ v: 2, from: 'edge', to: 'origin', nonce: 'mine' })
  say({ proof: keyOf(2).proof('edge', 'anything') })
  expect(told).toEqual(['origin closed: no proof'])
})

test('V32 a proof that the origin gave is none of an edge', async () => {
  const { told } = meet({
    bend(bytes, way, count) {
      // The origin's answer is sent back to it as if it were an edge's.
      if (way === 'to origin' && count === 2) return answer
      if (way === 'to edge' && count === 1) answer = bytes
      return bytes
    },
  })
  let answer: Uint8Array = new Uint8Array(0)
  await settle()
  expect(told).toContain('origin closed: no proof')
  expect(told).not.toContain('origin ready with edge')
})

test('V32 what was said once opens nothing again: a recorded connection is played back', async () => {
  const first = meet()
  await settle()
  first.edge.send({ t: 'redeem', grant: 'g' })
  await settle()
  const second = meet({ bend: () => null })
  for (const bytes of first.sent['to origin']) second.toOrigin(bytes)
  expect(second.told).toEqual(['origin closed: no proof'])
})

test('V32 a frame that was bent, repeated, left out or put in ends the line', async () => {
  const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte))
  const bends: Record<string, Bend> = {
    bent: (bytes, way, count) => (way === 'to origin' && count === 3 ? flipped(bytes) : bytes),
    'left out': (bytes, way, count) => (way === 'to origin' && count === 3 ? null : bytes),
    repeated: (bytes, way, count) =>
      way === 'to origin' && count === 3 ? Buffer.concat([bytes, bytes]) : bytes,
    'put in': (bytes, way, count) =>
      way === 'to origin' && count === 3 ? Buffer.concat([new Uint8Array([0, 0, 0, 1, 7]), bytes]) : bytes,
  }
  for (const [name, bend] of Object.entries(bends)) {
    const { edge, told } = meet({ bend })
    await settle()
    edge.send({ t: 'taken', stream: 'S' })
    edge.send({ t: 'taken', stream: 'T' })
    await settle()
    expect([name, told]).toEqual([name, expect.arrayContaining(['origin closed: a frame does not open'])])
  }
})

test('V32 media and words are nowhere on the line in clear', async () => {
  const { origin, sent } = meet()
  await settle()
  origin.send({ t: 'redeemed', stream: 'a-stream-of-mine' }, [Buffer.from('a picture of mine')])
  const line = Buffer.concat(sent['to edge']).toString('latin1')
  for (const word of ['redeemed', 'a-stream', 'a picture']) expect(line).not.toContain(word)
})

test('V32 a node that was meant for another, of another version, or speaks too long is not answered', async () => {
  const misled = meet({ wants: 'somebody else' })
  await settle()
  expect(misled.told).toContain('origin closed: another node')
  expect(misled.sent['to edge']).toEqual([])
  const cases: [string, string][] = [
    ['{"v":3,"from":"edge","to":"origin","nonce":"n"}', 'another version'],
    ['{"v":2,"to":"origin","nonce":"n"}', 'another node'],
    ['x'.repeat(2_000), 'a frame is too long'],
  ]
  for (const [text, why] of cases) {
    const { toOrigin, told } = meet({ bend: () => null })
    const length = Buffer.alloc(4)
    length.writeUInt32BE(text.length)
    toOrigin(Buffer.concat([length, Buffer.from(text)]))
    expect(told).toEqual([`origin closed: ${why}`])
  }
  const garbage = meet({ bend: () => null })
  garbage.toOrigin(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
  expect(garbage.told).toEqual(['origin closed: a frame is too long'])
})

test('V32 who says nothing is let go', async () => {
  const { clock, told } = meet({ bend: () => null })
  await clock.advance(2_999)
  expect(told).toEqual([])
  await clock.advance(1)
  // Whoever gives up first takes the pipe from the other.
  expect(told.sort()).toEqual(['edge closed: null', 'origin closed: no handshake in time'])
  expect(clock.timers()).toBe(0)
})
