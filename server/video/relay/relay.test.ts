// V29-V31 with a hand clock: nodes that show what another one ingests.
import { expect, test } from 'vitest'
import type { IngestHears } from '../../../shared/media.ts'
import { stretch } from '../../test/media/packets.ts'
import { createRelayWorld, type RelayNode } from '../../test/media/relay-world.ts'

const names = (playlist: string): string[] => playlist.match(/[\w-]+(\.\d+)?\.(m4s|mp4)/g) ?? []
/** Each change once: two shows in a row may say the same. */
const states = (viewer: Awaited<ReturnType<RelayNode['viewer']>>) =>
  viewer
    .heard()
    .flatMap((one) => (one.t === 'state' ? [one.state] : []))
    .filter((state, i, all) => state !== all[i - 1])
const inits = (viewer: Awaited<ReturnType<RelayNode['viewer']>>) =>
  viewer.heard().filter((one) => one.t === 'init')

/** Two nodes, a publisher at the first. */
function stage(limits?: { maxBitsPerSecond: number }) {
  const world = createRelayWorld(limits)
  const [a, b] = [world.node('A'), world.node('B')]
  const publish = async (at: RelayNode) => {
    const studio = at.studio()
    await studio.letIn()
    return studio
  }
  const play = (studio: Awaited<ReturnType<typeof publish>>, ms: number) =>
    studio.play(stretch(world.clock.now(), ms))
  return { ...world, a, b, publish, play }
}

test('V29 names, bytes and playlists of another node are those of the origin, and a viewer of it misses nothing', async () => {
  const { a, b, publish, play, quiet, wires } = stage()
  const studio = await publish(a)
  await play(studio, 3_300)
  const [here, there] = [await a.viewer(), await b.viewer('S', 'bob')]
  await quiet()
  await play(studio, 2_000)
  await quiet()
  const playlist = await a.playlist()
  expect(names(playlist).length).toBeGreaterThan(10)
  expect(await b.playlist()).toBe(playlist)
  expect(await b.file('plain.m3u8')).toBe(await a.file('plain.m3u8'))
  for (const name of names(playlist).slice(0, -1))
    expect([name, await b.file(name)]).toEqual([name, await a.file(name)])
  // As one stretch of bytes: where it was cut into frames is of no matter.
  const bytes = (viewer: typeof here) => Buffer.concat(viewer.media()).toString('base64')
  expect(bytes(there)).toBe(bytes(here))
  expect([states(there), a.page().state, b.page().state]).toEqual([['live'], 'live', 'live'])
  expect(wires).toHaveLength(1)
})

test('V29 one pull however many watch, none before the first, and none a minute after the last', async () => {
  const { a, b, publish, play, quiet, wires, clock } = stage()
  const studio = await publish(a)
  await play(studio, 2_000)
  await clock.advance(100)
  expect(wires).toHaveLength(0)
  expect(b.page().state).toBe('live')
  const viewers = await Promise.all(['x', 'y', 'z'].map((name) => b.viewer('S', name)))
  await quiet()
  await b.playlist()
  expect(wires).toHaveLength(1)
  for (const { line } of viewers) line.drop()
  await play(studio, 55_000)
  expect(await b.playlist()).toContain('EXTINF')
  await play(studio, 58_000)
  expect(wires).toHaveLength(1)
  expect(b.video.provider.playback('S').state).toBe('live')
  await play(studio, 6_000)
  expect(b.video.provider.playback('S').state).toBe('idle')
  await b.playlist()
  expect(wires).toHaveLength(2)
})

test('V29 nothing is asked or opened for a stream that is here or nowhere', async () => {
  const { a, b, publish, play, quiet, wires, world } = stage()
  const studio = await publish(a)
  await play(studio, 2_000)
  const before = world.questions
  await a.viewer()
  await a.playlist()
  expect(world.questions).toBe(before)
  for (let i = 0; i < 50; i++) expect(await b.file('live.m3u8', {}, 'nowhere')).toBeUndefined()
  await quiet()
  expect(world.questions).toBe(before + 1)
  expect(wires).toHaveLength(0)
})

test('V29 who waits at another node sees the stream begin with its first chunk', async () => {
  const { a, b, publish, play, quiet, clock } = stage()
  const viewer = await b.viewer()
  await quiet()
  expect(states(viewer)).toEqual(['idle'])
  const studio = await publish(a)
  await quiet()
  await play(studio, 300)
  await quiet()
  expect(states(viewer)).toEqual(['idle', 'connecting'])
  expect(inits(viewer)).toHaveLength(1)
  await play(studio, 1_200)
  await quiet()
  expect(states(viewer)).toEqual(['idle', 'connecting', 'live'])
  a.video.provider.end('S')
  await clock.advance(100)
  expect(states(viewer).at(-1)).toBe('ended')
  expect(await b.playlist()).toContain('#EXT-X-ENDLIST')
})

test('V29 with the bus away the lease is looked up every two seconds', async () => {
  const { a, b, publish, play, clock, world } = stage()
  world.busUp = false
  const viewer = await b.viewer()
  const studio = await publish(a)
  await play(studio, 2_500)
  await clock.advance(0)
  expect(states(viewer)).toEqual(['idle', 'live'])
})

test('V30 a node that cannot take it is cut, memory stays bounded, and it starts over with what there is then', async () => {
  const { a, b, publish, quiet, wires, clock } = stage({ maxBitsPerSecond: 100e6 })
  const studio = await publish(a)
  const big = (ms: number) => studio.play(stretch(clock.now(), ms, { size: 50_000 }))
  await big(2_000)
  const viewer = await b.viewer()
  await quiet()
  const [wire] = wires
  wire?.stall()
  const before = viewer.media().length
  const cuts = () => a.logged.filter((line) => line.startsWith('relay cut'))
  await big(2_000)
  expect([wires.length, cuts().length]).toEqual([1, 0])
  await big(1_000)
  expect([wires.length, cuts().length]).toEqual([2, 1])
  await quiet()
  expect(viewer.media().length).toBeGreaterThan(before)
  const playlist = await a.playlist()
  expect(await b.playlist()).toBe(playlist)
  expect(viewer.line.closed).toBeUndefined()
})

test('V30 a line that breaks for a moment is no news to viewers but a new beginning', async () => {
  const { a, b, publish, play, quiet, wires } = stage()
  const studio = await publish(a)
  await play(studio, 2_000)
  const viewer = await b.viewer()
  await quiet()
  wires[0]?.cut()
  await play(studio, 600)
  await quiet()
  expect(wires).toHaveLength(2)
  expect([states(viewer), inits(viewer).length]).toEqual([['live'], 2])
  expect(await b.playlist()).toBe(await a.playlist())
})

test('V30 an origin that falls silent is given up though its line looks healthy', async () => {
  const { a, b, publish, play, wires, clock, quiet } = stage()
  const studio = await publish(a)
  await play(studio, 2_000)
  const viewer = await b.viewer()
  await quiet()
  wires[0]?.stall()
  await clock.advance(6_000)
  expect(states(viewer).slice(0, 2)).toEqual(['live', 'reconnecting'])
  expect(wires.length).toBeGreaterThan(1)
})

test('V31 the origin dies: viewers elsewhere are told, and go on with the node the publisher comes back to', async () => {
  const { a, b, node, publish, play, quiet, clock } = stage()
  const c = node('C')
  const first = await publish(a)
  await play(first, 5_000)
  const [atB, atC] = [await b.viewer('S', 'bob'), await c.viewer('S', 'cy')]
  await quiet()
  const before = await c.playlist()
  a.kill()
  await clock.advance(1_500)
  expect([states(atB).at(-1), states(atC).at(-1)]).toEqual(['reconnecting', 'reconnecting'])
  // What was there stays until there is something new.
  expect(await c.playlist()).toBe(before)
  const second = await publish(b)
  expect(second.refusal()).toBeUndefined()
  await play(second, 600)
  await quiet()
  expect([inits(atB).length, inits(atC).length]).toEqual([2, 2])
  expect(await c.playlist()).toBe(before)
  await play(second, 1_500)
  await quiet()
  const after = await c.playlist()
  expect(await b.playlist()).toBe(after)
  expect(names(after).filter((name) => names(before).includes(name))).toEqual([])
  const number = (text: string, tag: string) => Number(new RegExp(`${tag}:(\\d+)`).exec(text)?.[1])
  for (const tag of ['#EXT-X-MEDIA-SEQUENCE', '#EXT-X-DISCONTINUITY-SEQUENCE'])
    expect(number(after, tag)).toBeGreaterThan(number(before, tag) + names(before).length / 4)
  // Who still holds the playlist of before gets what stands in it.
  expect(await c.file(names(before).at(-2)!)).toBeDefined()
  for (const viewer of [atB, atC]) expect(states(viewer)).toEqual(['live', 'reconnecting', 'live'])
})

test('V31 a publisher that changes nodes is followed, and the node it left shows what the other one has', async () => {
  const { a, b, publish, play, quiet, clock, streams } = stage()
  const first = await publish(a)
  await play(first, 3_000)
  const [atA, atB] = [await a.viewer(), await b.viewer('S', 'bob')]
  await quiet()
  first.line.drop()
  await clock.advance(500)
  const second = await publish(b)
  expect(second.refusal()).toBeUndefined()
  await play(second, 3_000)
  await quiet()
  for (const viewer of [atA, atB]) {
    expect(states(viewer)).toEqual(['live', 'reconnecting', 'live'])
    expect(inits(viewer)).toHaveLength(2)
  }
  expect(await a.playlist()).toBe(await b.playlist())
  expect(streams.get('S')?.state).toBe('live')
  // And back again.
  second.line.drop()
  await clock.advance(500)
  const third = await publish(a)
  await play(third, 3_000)
  await quiet()
  expect(await a.playlist()).toBe(await b.playlist())
  expect(states(atB).at(-1)).toBe('live')
})

test('V31 without the bus a publisher that changes nodes is followed within a few seconds', async () => {
  const { a, b, publish, play, quiet, clock, world } = stage()
  world.busUp = false
  const first = await publish(a)
  await play(first, 3_000)
  const [atA, atB] = [await a.viewer(), await b.viewer('S', 'bob')]
  await quiet()
  first.line.drop()
  await clock.advance(500)
  await play(await publish(b), 7_000)
  await quiet()
  expect([states(atA).at(-1), states(atB).at(-1)]).toEqual(['live', 'live'])
  expect(await a.playlist()).toBe(await b.playlist())
})

test('V31 a second publisher is refused at another node while the first is heard', async () => {
  const { a, b, publish, play, clock } = stage()
  const first = await publish(a)
  await play(first, 2_000)
  expect((await publish(b)).refusal()?.reason).toBe('already_live')
  await clock.advance(3_000)
  expect((await publish(b)).refusal()).toBeUndefined()
})

test('V31 a permission of one node is good at another, once', async () => {
  const { a, b, quiet } = stage()
  const { grant } = a.video.grants.issue('S')
  const publish = async () => {
    const line = b.socket(b.video.endpoints.ingest)
    line.text({ t: 'publish', grant })
    await quiet()
    return (line.texts() as IngestHears[]).find(({ t }) => t === 'go' || t === 'refused')
  }
  expect(await publish()).toMatchObject({ t: 'go', streamId: 'S' })
  expect(await publish()).toMatchObject({ t: 'refused', reason: 'grant' })
})

test('V31 who comes while the publisher is nowhere is told so, and hears of the end', async () => {
  const { a, b, publish, play, clock, streams } = stage()
  await play(await publish(a), 2_000)
  a.kill()
  const viewer = await b.viewer()
  await clock.advance(2_000)
  expect(states(viewer)).toEqual(['reconnecting'])
  expect(b.page().state).toBe('reconnecting')
  streams.get('S')!.state = 'ended'
  await clock.advance(5_000)
  expect(states(viewer)).toEqual(['reconnecting', 'ended'])
})

test('V29 players elsewhere reckon with the clock of the origin', async () => {
  const { a, b, publish, play, quiet, clock } = stage()
  const studio = await publish(a)
  await play(studio, 2_000)
  const ahead = 5_000
  b.skew(ahead)
  const viewer = await b.viewer()
  await quiet()
  expect(inits(viewer)).toMatchObject([{ now: clock.now() }])
})

test('V31 a stream that nobody came back to is over for viewers of every node', async () => {
  const { a, b, publish, play, quiet, clock, streams } = stage()
  const studio = await publish(a)
  await play(studio, 2_000)
  const viewer = await b.viewer()
  await quiet()
  a.kill()
  await clock.advance(31_000)
  streams.get('S')!.state = 'ended'
  await clock.advance(3_000)
  expect(states(viewer)).toEqual(['live', 'reconnecting', 'ended'])
  expect(await b.playlist()).toContain('#EXT-X-ENDLIST')
})

test('V32 the studio is told the delay of the whole audience', async () => {
  const { a, b, publish, play, quiet } = stage()
  const studio = await publish(a)
  await play(studio, 1_500)
  const [here, ...there] = [
    await a.viewer(),
    await b.viewer('S', 'bob'),
    await b.viewer('S', 'cy'),
    await b.viewer('S', 'di'),
  ]
  await quiet()
  here.line.text({ t: 'latency', ms: 600 })
  for (const [i, { line }] of there.entries()) line.text({ t: 'latency', ms: 1_000 + 100 * i })
  await play(studio, 5_000)
  const told = () => studio.heard().findLast((one) => one.t === 'stats')
  expect(told()).toMatchObject({ viewers: 7, latencyMs: { p50: 1_100, p95: 1_200, samples: 4 } })
  for (const { line } of there) line.drop()
  await play(studio, 5_000)
  expect(told()).toMatchObject({ latencyMs: { samples: 1 } })
})

test('V29 with the database away what is pulled goes on, and a new publisher is let in', async () => {
  const { a, b, publish, play, quiet, world } = stage()
  const studio = await publish(a)
  await play(studio, 2_000)
  await b.viewer()
  await quiet()
  world.databaseUp = false
  await play(studio, 5_000)
  expect(await b.playlist()).toBe(await a.playlist())
  const other = b.studio('T')
  await other.letIn()
  expect(other.heard()).toContainEqual({ t: 'go', streamId: 'T', resumed: false })
  expect(b.faults).toEqual(['relay airings', 'stream start'])
})

test('a node that closes leaves no timer', async () => {
  const { a, b, publish, play, quiet, clock } = stage()
  const studio = await publish(a)
  await play(studio, 2_000)
  await b.viewer()
  await quiet()
  b.video.close()
  a.video.close()
  await quiet()
  expect(clock.timers()).toBe(1) // the viewer's next look at its right
})
