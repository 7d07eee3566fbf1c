import { expect, test } from 'vitest'
import type { EncodedPacket } from '../../../shared/media.ts'
import { createHandClock, settle } from '../../test/clock.ts'
import { stretch } from '../../test/media/packets.ts'
import { createHandTranscoder, HIGH, LOW } from '../../test/media/transcoder.ts'
import { createTaps } from '../taps.ts'
import { createLadder } from './ladder.ts'

function createNode({ most = 2, elsewhere = false } = {}) {
  const clock = createHandClock(Date.UTC(2026, 0, 1))
  const hand = createHandTranscoder()
  const logged: string[] = []
  const note = (_: string, fields?: Record<string, unknown>) => {
    logged.push(String(fields?.['says'] ?? fields?.['state']))
  }
  const ladder = createLadder({
    ...{ clock, most, transcoder: hand.transcoder },
    log: { info: note, warn: note, fault: (where) => where },
    isElsewhere: () => Promise.resolve(elsewhere),
  })
  const running = () => hand.runs.filter(({ isClosed }) => !isClosed).length

  async function begin(stream: string) {
    const taps = createTaps()
    const low = { wanted: true, says: null as string | null, got: [] as EncodedPacket[], configs: 0, ends: 0 }
    ladder.show(
      { stream, taps },
      {
        wanted: () => low.wanted,
        config: () => void (low.configs += 1),
        packet(packet) {
          if (low.says === null) low.got.push(packet)
          return low.says
        },
        end: () => void (low.ends += 1),
      },
    )
    await settle()
    taps.config(HIGH)
    return { taps, low }
  }
  /** Of all these shows at once. */
  async function play(shows: readonly { taps: ReturnType<typeof createTaps> }[], ms: number) {
    const from = clock.now()
    for (const one of stretch(from, ms, { fps: 10, group: 10 })) {
      if (one.ts > clock.now()) await clock.advance(one.ts - clock.now())
      for (const { taps } of shows) taps.packet(one)
    }
    await clock.advance(from + ms - clock.now())
  }
  return { ...{ clock, ladder, logged, begin, play, running }, runs: hand.runs }
}

test('V39 a show whose publisher sends one size for three seconds gets the small one', async () => {
  const node = createNode()
  const show = await node.begin('S')
  await node.play([show], 2_900)
  expect(node.running()).toBe(0)
  await node.play([show], 3_100)
  expect(node.running()).toBe(1)
  expect(show.low.configs).toBe(1)
  expect(show.low.got[0]).toMatchObject({ key: true })
  expect(show.low.got.length).toBeGreaterThan(20)
  show.taps.end()
  expect(node.running()).toBe(0)
})

test('V39 the small pictures of the publisher are the better ones: nothing runs beside them', async () => {
  const node = createNode()
  const show = await node.begin('S')
  show.low.wanted = false
  await node.play([show], 6_000)
  expect(node.runs.length).toBe(0)
  show.low.wanted = true
  await node.play([show], 6_000)
  expect(node.running()).toBe(1)
  show.low.wanted = false
  await node.play([show], 100)
  expect(node.running()).toBe(0)
  // What the publisher sends now is not ended with ours.
  expect(show.low.ends).toBe(0)
})

test('V39 no more shows than there may be, and the next one when one of them ends', async () => {
  const node = createNode({ most: 2 })
  const shows = [await node.begin('a'), await node.begin('b'), await node.begin('c')]
  await node.play(shows, 6_000)
  expect(node.running()).toBe(2)
  expect(shows.map(({ low }) => low.got.length > 0)).toEqual([true, true, false])
  expect(node.logged.filter((says) => says.includes('LADDER_STREAMS'))).toHaveLength(1)
  shows.shift()!.taps.end()
  await node.play(shows, 2_000)
  expect(node.running()).toBe(2)
  expect(shows[1]!.low.got.length).toBeGreaterThan(0)
})

test('V39 a publisher that leaves takes the process along, and the one that comes back gets another', async () => {
  const node = createNode()
  const show = await node.begin('S')
  await node.play([show], 6_000)
  show.taps.pause()
  expect(node.running()).toBe(0)
  show.taps.config(HIGH)
  await node.play([show], 1_000)
  expect([node.running(), node.runs.length]).toEqual([1, 2])
})

test('V39 pictures that are not taken are no reason to go on', async () => {
  const node = createNode()
  const show = await node.begin('S')
  await node.play([show], 6_000)
  show.low.says = 'No key frame for 10 seconds.'
  await node.play([show], 10_000)
  expect([node.running(), node.runs.length]).toEqual([0, 1])
  expect(node.logged.at(-1)).toBe('No key frame for 10 seconds.')
})

test('V39 a source that becomes small needs none, and one that grows gets it again', async () => {
  const node = createNode()
  const show = await node.begin('S')
  await node.play([show], 6_000)
  show.taps.config(LOW)
  expect([node.running(), show.low.ends]).toEqual([0, 1])
  await node.play([show], 2_000)
  expect(node.running()).toBe(0)
  show.taps.config(HIGH)
  await node.play([show], 2_000)
  expect(node.running()).toBe(1)
})

test('V39 given up, a show goes on in one size, and makes room', async () => {
  const node = createNode({ most: 1 })
  const show = await node.begin('S')
  await node.play([show], 6_000)
  for (let i = 0; i < 4; i++) {
    node.runs.at(-1)!.end('ffmpeg ended (1)')
    await node.play([show], 8_000)
  }
  expect(node.runs.length).toBe(4)
  expect(node.logged.at(-1)).toBe('ffmpeg ended (1)')
  expect(show.low.ends).toBe(1)
  const other = await node.begin('T')
  await node.play([show, other], 6_000)
  expect(node.runs.length).toBe(5)
  expect(other.low.got.length).toBeGreaterThan(0)
})

test('V39 what another service carries is left to it, and a node that closes leaves nothing', async () => {
  const away = createNode({ elsewhere: true })
  await away.play([await away.begin('S')], 6_000)
  expect(away.runs.length).toBe(0)
  const node = createNode()
  const show = await node.begin('S')
  await node.play([show], 6_000)
  node.ladder.close()
  await node.play([show], 6_000)
  expect([node.running(), node.runs.length]).toEqual([0, 1])
})
