import { expect, test } from 'vitest'
import { AVC, stretch } from '../test/media/packets.ts'
import { createVideoWorld } from '../test/media/world.ts'

test('V1 a stream is live when its first full segment is complete, not before', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  const packets = stretch(world.clock.now(), 1_200)
  await studio.play(packets.filter(({ ts }) => ts < packets[0]!.ts + 980))
  expect(world.states()).toEqual(['connecting'])
  await studio.play(packets.filter(({ ts }) => ts >= packets[0]!.ts + 980))
  expect(world.states()).toEqual(['connecting', 'live'])
  expect(studio.heard()).toContainEqual({ t: 'state', state: 'live' })
})

test('V1 a publisher that breaks off before that leaves nothing behind', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 500))
  studio.line.drop()
  expect(world.states()).toEqual(['connecting', 'idle'])
  await world.clock.advance(60_000)
  expect(world.states()).toEqual(['connecting', 'idle'])
  expect(world.video.provider.playback('S').state).toBe('idle')
})

test('V1 a publisher that sends nothing for half a minute is let go', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await world.clock.advance(30_000)
  expect(studio.refusal()?.reason).toBe('malformed')
  expect(world.states()).toEqual(['connecting', 'idle'])
})

test('V3 a publisher that drops and returns goes on in the same stream, behind a discontinuity', async () => {
  const world = createVideoWorld()
  const first = world.studio()
  await first.play(stretch(world.clock.now(), 3_000))
  first.line.drop()
  await world.clock.advance(29_000)
  const second = world.studio()
  expect(second.heard()).toContainEqual({ t: 'go', streamId: 'S', resumed: true })
  await second.play(stretch(world.clock.now(), 2_000))
  expect(world.states()).toEqual(['connecting', 'live', 'reconnecting', 'live'])
  const playlist = await world.playlist()
  expect(playlist.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1)
  expect(playlist.match(/#EXT-X-MAP/g)).toHaveLength(2)
  expect(playlist).toContain('#EXT-X-MEDIA-SEQUENCE:0')
})

test('V3 after 30 s it is over; returning without a picture does not put that off', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 2_000))
  studio.line.drop()
  await world.clock.advance(20_000)
  const second = world.studio()
  await world.clock.advance(9_900)
  expect(world.states().at(-1)).toBe('reconnecting')
  await world.clock.advance(1_100)
  expect(world.states().at(-1)).toBe('ended')
  expect(second.refusal()?.reason).toBe('ended')
})

test('V3 a publisher that falls silent is missed before its socket is, and heard when it is back', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 2_000))
  await world.clock.advance(3_900)
  expect(world.states().at(-1)).toBe('reconnecting')
  expect(studio.line.closed).toBeUndefined()
  await studio.play(stretch(world.clock.now(), 2_000))
  expect(world.states()).toEqual(['connecting', 'live', 'reconnecting', 'live'])
})

test('V3 the clock of the server set back by an hour ends a connection, not the show', async () => {
  const world = createVideoWorld()
  const first = world.studio()
  const viewer = await world.viewer()
  await first.play(stretch(world.clock.now(), 3_000))
  world.clock.step(-3_600_000)
  first.packet(stretch(world.clock.now() + 3_600_000, 100)[0]!)
  expect(first.refusal()?.reason).toBe('timestamps')
  const start = Math.ceil(world.clock.now())
  await world.studio().play(stretch(start, 2_000))
  expect(world.video.provider.playback('S').state).toBe('live')
  const inits = viewer.heard().flatMap((one) => (one.t === 'init' ? [one.epochMs] : []))
  expect(inits.at(-1)).toBe(start)
})

test('V3 `bye` is a departure like any other: the host may come back, or end the stream', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 2_000))
  studio.line.text({ t: 'bye' })
  expect([studio.line.closed?.code, world.states().at(-1)]).toEqual([1000, 'reconnecting'])
  world.video.provider.end('S')
  expect(world.states().at(-1)).toBe('ended')
})

test('ending a stream lets its publisher go, takes back its grants, and happens once', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 2_000))
  const { grant } = world.video.grants.issue('S')
  world.video.provider.end('S')
  world.video.provider.end('S')
  world.video.provider.end('never heard of')
  expect(world.states()).toEqual(['connecting', 'live', 'ended'])
  expect(studio.refusal()?.reason).toBe('ended')
  expect(studio.line.closed?.code).toBe(4404)
  expect(world.video.grants.redeem(grant)).toBeNull()
})

test('after the end another publisher begins another show: other names, its own epoch', async () => {
  const world = createVideoWorld()
  await world.studio().play(stretch(world.clock.now(), 2_000))
  const before = await world.playlist()
  world.video.provider.end('S')
  const viewer = await world.viewer()
  const start = Math.ceil(world.clock.now())
  await world.studio().play(stretch(start, 2_000))
  const after = await world.playlist()
  const names = (text: string) => text.match(/[\w-]+(\.\d+)?\.(m4s|mp4)/g)!
  expect(names(after).filter((name) => names(before).includes(name))).toEqual([])
  expect(after).toContain('#EXT-X-MEDIA-SEQUENCE:0')
  expect(viewer.heard()).toContainEqual(expect.objectContaining({ t: 'init', epochMs: start }))
  // The release of the first show does not take the second one with it.
  await world.clock.advance(119_000)
  expect(world.video.provider.playback('S').state).not.toBe('idle')
})

test('an ended stream is forgotten after a while, and no timer stays behind', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 2_000))
  world.video.provider.end('S')
  expect(world.video.provider.playback('S').state).toBe('ended')
  await world.clock.advance(120_000)
  expect(world.video.provider.playback('S').state).toBe('idle')
  expect(world.clock.timers()).toBe(0)
})

test('a video-only publisher and an audio-only one both go live', async () => {
  const world = createVideoWorld()
  const silent = world.studio('silent', { configs: [AVC] })
  await silent.play(stretch(world.clock.now(), 3_000, { audio: false }))
  const radio = world.studio('radio')
  await radio.play(stretch(world.clock.now(), 6_000, { video: false }))
  expect(world.video.provider.playback('silent').state).toBe('reconnecting')
  expect(world.video.provider.playback('radio').state).toBe('live')
  expect(world.events).toContainEqual({ stream: 'silent', state: 'live' })
})

test('a page is told the paths of a stream', () => {
  expect(createVideoWorld().video.provider.playback('S')).toEqual({
    provider: 'local',
    state: 'idle',
    push: '/push',
    hls: '/hls/S/live.m3u8',
    hlsPlain: '/hls/S/plain.m3u8',
    dvr: null,
    expiresAt: null,
  })
})

test('closing the node stops its clocks', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 2_000))
  world.video.close()
  expect(world.clock.timers()).toBe(0)
})
