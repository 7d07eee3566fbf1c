import { expect, test } from 'vitest'
import { parseFragments, parseInit } from '../test/media/mp4.ts'
import { stretch } from '../test/media/packets.ts'
import { createVideoWorld } from '../test/media/world.ts'

/** Settled or not, after everything that can happen without time has happened. */
function follow<T>(promise: Promise<T>): { value: T | undefined; done: boolean } {
  const state: { value: T | undefined; done: boolean } = { value: undefined, done: false }
  promise.then(
    (value) => Object.assign(state, { value, done: true }),
    () => undefined,
  )
  return state
}
const last = (playlist: string, tag: string) => playlist.split('\n').findLast((line) => line.startsWith(tag))

async function live(ms = 5_200) {
  const world = createVideoWorld()
  const studio = world.studio()
  const start = world.clock.now()
  await studio.play(stretch(start, ms))
  return { world, studio, start }
}

test('V5 the first playlist is held until the first segment is complete', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  const packets = stretch(world.clock.now(), 1_200)
  const first = follow(world.playlist())
  await studio.play(packets.filter(({ ts }) => ts < packets[0]!.ts + 900))
  expect(first.done).toBe(false)
  await studio.play(packets.filter(({ ts }) => ts >= packets[0]!.ts + 900))
  expect(first.value).toContain('#EXTINF')
})

test('V5 a first playlist that has nothing to wait for is nothing, at once or after six seconds', async () => {
  const world = createVideoWorld()
  expect(await world.video.files.get('nobody', 'live.m3u8', {})).toBeNull()
  world.studio()
  const first = follow(world.video.files.get('S', 'live.m3u8', {}))
  await world.clock.advance(5_999)
  expect(first.done).toBe(false)
  await world.clock.advance(1)
  expect(first).toEqual({ done: true, value: null })
})

test('V5 every file a playlist names is there, and is what it says', async () => {
  const { world } = await live()
  const playlist = await world.playlist()
  const [, init = ''] = /MAP:URI="(.*?)"/.exec(playlist) ?? []
  expect(parseInit((await world.file(init)) as Uint8Array)).toHaveLength(2)
  const names = playlist.match(/[\w-]+-\d+(\.\d+)?\.m4s/g)!
  expect(names.length).toBeGreaterThan(10)
  const hint = last(playlist, '#EXT-X-PRELOAD-HINT')
  for (const name of names.filter((one) => !hint?.includes(one)))
    expect(parseFragments((await world.file(name)) as Uint8Array).length).toBeGreaterThan(0)
  const parts = [...playlist.matchAll(/DURATION=([\d.]+),URI="[\w-]+-3\.\d/g)].map(([, s]) => Number(s))
  expect(parts.reduce((a, b) => a + b)).toBeCloseTo(1)
})

test('V5 programme date-times are the times of capture on the server clock', async () => {
  const world = createVideoWorld()
  const studio = world.studio('S', { ahead: 3_600_000 })
  const start = world.clock.now()
  await studio.play(stretch(start, 3_200))
  const dates = (await world.playlist()).match(/PROGRAM-DATE-TIME:.*/g)
  expect(dates?.slice(0, 3)).toEqual(
    [0, 1_000, 2_000].map((ms) => `PROGRAM-DATE-TIME:${new Date(start + ms).toISOString()}`),
  )
})

test('V5 a blocking reload is answered when its part is there', async () => {
  const { world, studio, start } = await live(5_200)
  const held = follow(world.playlist({ msn: 5, part: 0 }))
  const whole = follow(world.playlist({ msn: 5 }))
  await studio.play(stretch(start, 5_700).filter(({ ts }) => ts >= start + 5_200))
  expect(last(held.value!, '#EXT-X-PART:')).toContain('-5.0.m4s')
  expect(whole.done).toBe(false)
  await studio.play(stretch(start, 6_200).filter(({ ts }) => ts >= start + 5_700))
  expect(last(whole.value!, '#EXTINF')).toBeDefined()
  expect(whole.value).toContain('-5.m4s')
})

test.each([
  { msn: 0 },
  { msn: 4, part: 1 },
  { msn: 3, part: 99 },
  { msn: 50 },
  { msn: 999_999_999, part: 0 },
])('V5 %j is there, or nowhere near: answered at once', async (query) => {
  const { world } = await live()
  const answer = follow(world.playlist(query))
  await world.clock.advance(0)
  expect(answer.value).toBe(await world.playlist())
})

test('V5 a blocking reload ends when the publisher is gone', async () => {
  const { world, studio } = await live()
  const held = follow(world.playlist({ msn: 6, part: 0 }))
  studio.line.drop()
  await world.clock.advance(1_499)
  expect(held.done).toBe(false)
  await world.clock.advance(1)
  expect(held.value).toBe(await world.playlist())
})

test('V5 the end answers what is held, and leaves the window to play out', async () => {
  const { world } = await live()
  const held = follow(world.playlist({ msn: 6 }))
  const before = await world.playlist()
  world.video.provider.end('S')
  await world.clock.advance(0)
  expect(held.value).toMatch(/#EXT-X-ENDLIST\n$/)
  const [name = ''] = /[\w-]+-0\.m4s/.exec(before) ?? []
  expect(await world.file(name)).toBeInstanceOf(Uint8Array)
  await world.clock.advance(120_000)
  expect(await world.video.files.get('S', 'live.m3u8', {})).toBeNull()
})

test('the part that is hinted at is held until it is there; one that cannot come is nothing', async () => {
  const { world, studio, start } = await live(5_200)
  const [, hint = ''] = /PRELOAD-HINT:TYPE=PART,URI="(.*?)"/.exec(await world.playlist()) ?? []
  const held = follow(world.file(hint))
  const far = follow(world.file(hint.replace('-5.0', '-5.1')))
  await studio.play(stretch(start, 5_700).filter(({ ts }) => ts >= start + 5_200))
  expect(held.value).toBeInstanceOf(Uint8Array)
  expect(far).toEqual({ done: true, value: undefined })
})

test('V5 target durations stay the same while the pace of key frames changes', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  let at = world.clock.now()
  const promises = new Set<string>()
  for (const group of [30, 60, 15, 150, 30]) {
    await studio.play(stretch(at, 6_000, { group }))
    at += 6_000
    const playlist = await world.playlist()
    promises.add(`${last(playlist, '#EXT-X-TARGETDURATION')} ${last(playlist, '#EXT-X-PART-INF')}`)
    for (const [, seconds] of playlist.matchAll(/#EXTINF:([\d.]+)/g))
      expect(Math.round(Number(seconds))).toBeLessThanOrEqual(2)
    for (const [, seconds] of playlist.matchAll(/#EXT-X-PART:DURATION=([\d.]+)/g))
      expect(Number(seconds)).toBeLessThanOrEqual(0.55)
  }
  expect([...promises]).toEqual(['#EXT-X-TARGETDURATION:1 #EXT-X-PART-INF:PART-TARGET=0.55'])
})

test('cache ages: media for a while, playlists for a second at most', async () => {
  const { world } = await live()
  const age = async (file: string, query = {}) => (await world.video.files.get('S', file, query))?.maxAge
  const [name = ''] = /[\w-]+-3\.m4s/.exec(await world.playlist()) ?? []
  expect([
    await age('live.m3u8'),
    await age('live.m3u8', { msn: 3 }),
    await age('plain.m3u8'),
    await age(name),
  ]).toEqual([0, 1, 1, 60])
})

test.each(['', '../live.m3u8', 'index.m3u8', 'x-0.m4s', '-0.m4s', 'constructor'])(
  'nothing is called %j',
  async (name) => {
    const { world } = await live(1_500)
    expect(await world.video.files.get('S', name, {})).toBeNull()
  },
)

test('names that look right but name nothing are nothing', async () => {
  const { world } = await live(1_500)
  const prefix = /"([\w-]+)-init1/.exec(await world.playlist())?.[1] ?? ''
  for (const rest of [
    '-99.m4s',
    '-0.99.m4s',
    '-init9.mp4',
    '-0.m4s.m4s',
    '-00000000000000000000.m4s',
    '--1.m4s',
    '-0..m4s',
  ])
    expect([rest, await world.video.files.get('S', prefix + rest, {})]).toEqual([rest, null])
})
