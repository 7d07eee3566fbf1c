// V12 with a hostile other end: garbage, and real conversations with bytes changed, in any pieces. Nothing throws,
// nothing is published that was not let in, and what is held stays small.
import { expect, test } from 'vitest'
import { createSeededRandom } from '../../test/random.ts'
import { AAC, nal, stretch } from '../../test/media/packets.ts'
import { createRtmpWorld, FILMED, NOISE } from '../../test/media/rtmp.ts'
import { createRtmpClient } from './client.ts'
import { joined } from './chunks-in.ts'
import { createChunkWriter } from './chunks-out.ts'
import { encodeAmf } from './amf0.ts'
import { command, TYPE } from './messages.ts'
import { createRtmpSession } from './session.ts'
import { configTag, packetTag } from './tags.ts'

const RUNS = 400

/** All that an encoder says from C0 to its second second. */
function conversation(): Uint8Array {
  const writer = createChunkWriter()
  const media = (type: number, ts: number, payload: Uint8Array) =>
    writer.message({ channel: type === TYPE.video ? 6 : 4, type, stream: 1, ts, payload })
  const pieces = [
    new Uint8Array([3, ...new Uint8Array(2 * 1_536)]),
    writer.message(command(0, 'connect', 1, { app: 'live', tcUrl: 'rtmp://stage.example/live' })),
    writer.resize(4_096),
    writer.message(command(0, 'releaseStream', 2, null, 'S:secret')),
    writer.message(command(0, 'createStream', 4, null)),
    writer.message(command(1, 'publish', 5, null, 'S:secret', 'live')),
    writer.message({
      channel: 5,
      type: TYPE.data,
      stream: 1,
      ts: 0,
      payload: encodeAmf('@setDataFrame', 'onMetaData', { width: 1 }),
    }),
    media(TYPE.video, 0, configTag(FILMED)),
    media(TYPE.audio, 0, configTag(AAC)),
    ...stretch(0, 2_000).map((packet) =>
      media(packet.track === 'video' ? TYPE.video : TYPE.audio, Math.round(packet.ts), packetTag(packet)),
    ),
  ]
  return pieces.reduce(joined, new Uint8Array(0))
}

type Random = ReturnType<typeof createSeededRandom>
const garbage = (random: Random, size: number) => new Uint8Array(size).map(() => random.below(256))

function bent(whole: Uint8Array, random: Random): Uint8Array {
  const bytes = whole.slice(0, random.below(4) === 0 ? random.below(whole.byteLength) : whole.byteLength)
  for (let n = 1 + random.below(6); n > 0; n--) {
    const from = random.below(3) === 0 ? 0 : 3_073
    const at = from + random.below(Math.max(1, bytes.byteLength - from))
    bytes[at] = random.below(2) === 0 ? random.below(256) : (bytes[at] ?? 0) ^ (1 << random.below(8))
  }
  return random.below(5) === 0 ? joined(bytes, garbage(random, random.below(2_000))) : bytes
}

test('V12 garbage and bent conversations never throw, in any pieces, and leave nothing behind', async () => {
  const whole = conversation()
  const world = createRtmpWorld()
  let live = 0
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = createSeededRandom(seed)
    const bytes = seed % 5 === 0 ? joined(new Uint8Array([3]), garbage(random, 6_000)) : bent(whole, random)
    const { line, session } = world.call()
    for (let at = 0; at < bytes.byteLength;) {
      const size = 1 + random.below(random.below(2) === 0 ? 20 : 5_000)
      session.bytes(bytes.subarray(at, at + size))
      at += size
      if (random.below(50) === 0) await world.clock.advance(10)
    }
    await world.clock.advance(20)
    if (world.video.publishing('S')) live += 1
    session.closed()
    await world.clock.advance(3_000) // what it sent lies in the past again
    expect(line.written.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(20_000)
  }
  // Most changes are small: a run in which nobody got as far as publishing would prove nothing.
  expect(live).toBeGreaterThan(RUNS / 10)
  await world.clock.advance(200_000) // its grace, and what is kept after an end
  expect(world.clock.timers()).toBe(0)
})

test('V12 V6 broken pictures inside good messages are refused and harm no other stream', async () => {
  const world = createRtmpWorld()
  const good = await world.encoder('G:secret')
  for (const config of world.configs) good.config(config)
  const start = world.clock.now()
  for (let seed = 1; seed <= 50; seed++) {
    const random = createSeededRandom(seed)
    const bad = await world.encoder('B:secret')
    bad.config(FILMED)
    for (let n = 0; n < 20 && !bad.line.closed; n++) {
      const body =
        random.below(2) === 0
          ? garbage(random, random.below(400))
          : nal(random.below(32), random.below(50) + 1)
      bad.message(
        random.below(3) === 0 ? 'audio' : 'video',
        random.below(2 ** 31) * random.below(3),
        joined(new Uint8Array([0x17 + random.below(2) * 0x98, random.below(3), 0, 0, 0]), body),
      )
    }
    bad.drop()
  }
  await good.play(stretch(start, 1_500), start)
  expect(world.events.filter(({ stream }) => stream === 'G').map(({ state }) => state)).toEqual([
    'connecting',
    'live',
  ])
})

test('V12 V13 whatever a server answers, our client neither throws nor says its key', () => {
  const server = createRtmpSession(NOISE)
  const client = createRtmpClient({ app: 'live', url: 'rtmp://a/live', key: 'the-secret-key', noise: NOISE })
  // What a server says in a whole conversation, in its order.
  const said: Uint8Array[] = []
  let out = [client.begin()]
  while (out.length > 0) {
    const heard = out.flatMap((bytes) => server.push(bytes))
    const answers = heard.flatMap((event) =>
      event.type === 'send' ? [event.bytes] : event.type === 'publish' ? [server.accept()] : [],
    )
    said.push(...answers)
    out = answers
      .flatMap((bytes) => client.push(bytes))
      .flatMap((event) => (event.type === 'send' ? [event.bytes] : []))
  }
  const whole = said.reduce((a, b) => joined(a, b), new Uint8Array(0))
  const echo = createChunkWriter().message(
    command(0, '_error', 1, null, { level: 'error', description: 'no the-secret-key here' }),
  )
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = createSeededRandom(seed)
    const mine = createRtmpClient({ app: 'live', url: 'rtmp://a/live', key: 'the-secret-key', noise: NOISE })
    mine.begin()
    const bytes = seed === 1 ? joined(whole.subarray(0, 3_073), echo) : bent(whole, random)
    let events: unknown[] = []
    for (let at = 0; at < bytes.byteLength; at += 100)
      events = events.concat(mine.push(bytes.subarray(at, at + 100)))
    const refusals = (events as { type: string; says?: string }[]).filter(({ type }) => type === 'refused')
    for (const { says } of refusals) expect(says).not.toContain('the-secret-key')
    if (seed === 1) expect(refusals).toHaveLength(1)
  }
})
