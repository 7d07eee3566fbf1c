import { describe, expect, test } from 'vitest'
import { settle } from '../../test/clock.ts'
import { picture, stretch } from '../../test/media/packets.ts'
import { createRtmpWorld, FILMED } from '../../test/media/rtmp.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'

type World = ReturnType<typeof createRtmpWorld>

async function onAir(world: World, ms = 1_500, zero = 0) {
  const obs = await world.encoder()
  for (const config of world.configs) obs.config(config)
  await obs.play(stretch(world.clock.now(), ms), zero)
  return obs
}

describe('V10 an encoder publishes like a studio', () => {
  test('V10 it goes live, viewers are pushed its pictures, and playlists name them', async () => {
    const world = createRtmpWorld()
    const viewer = await world.viewer()
    const obs = await onAir(world)
    expect(obs.publishing()).toBe(true)
    expect(world.states()).toEqual(['connecting', 'live'])
    expect(viewer.media().length).toBeGreaterThan(10)
    expect(await world.playlist()).toContain('.m4s')
    expect(world.video.publishing('S')).toMatchObject({
      kind: 'rtmp',
      width: 320,
      height: 180,
      keyFrameMs: 1_000,
    })
  })

  test('V10 its own count of milliseconds is laid on the server’s clock, also where it begins again', async () => {
    const world = createRtmpWorld()
    const start = world.clock.now()
    const wraps = start - (2 ** 32 - 700)
    await onAir(world, 3_000, wraps)
    expect(world.states()).toEqual(['connecting', 'live'])
    const times = [...(await world.playlist()).matchAll(/PROGRAM-DATE-TIME:(\S+)/g)].map(([, at]) =>
      Date.parse(at!),
    )
    expect(times[0]).toBe(start)
    expect(await world.playlist()).not.toContain('#EXT-X-DISCONTINUITY\n')
  })

  test('V10 V3 dropped and back within 30 s it goes on in the same stream, behind a discontinuity', async () => {
    const world = createRtmpWorld()
    const first = await onAir(world)
    first.drop()
    expect(world.states().at(-1)).toBe('reconnecting')
    await world.clock.advance(10_000)
    await onAir(world)
    expect(world.states()).toEqual(['connecting', 'live', 'reconnecting', 'live'])
    expect(await world.playlist()).toContain('#EXT-X-DISCONTINUITY\n')
  })

  test('V10 it stops by itself: the stream waits for it, and then is over', async () => {
    const world = createRtmpWorld()
    const obs = await onAir(world)
    obs.drop()
    await world.clock.advance(LIMITS.publisherGraceMs + 2_000)
    expect(world.states()).toEqual(['connecting', 'live', 'reconnecting', 'ended'])
    expect(world.clock.timers()).toBeLessThan(3)
  })

  test('V10 pictures in another order than they are shown in keep both', async () => {
    const world = createRtmpWorld()
    const obs = await world.encoder()
    obs.config(FILMED)
    const start = world.clock.now()
    const tap: (number | undefined)[] = []
    world.video.broadcastFor('S').taps.add({
      config: () => undefined,
      packet: ({ offset }) => tap.push(offset),
      pause: () => undefined,
      end: () => undefined,
    })
    await obs.play(
      [0, 1, 2, 3].map((i) => ({ ...picture(start + i * 40, i === 0), offset: [80, 160, 0, 0][i]! })),
    )
    expect(tap).toEqual([80, 160, undefined, undefined])
  })
})

describe('V11 who may not publish is refused, and told why', () => {
  test('V11 a wrong key; the host of the stream is told too', async () => {
    const world = createRtmpWorld()
    const thief = await world.encoder('S:guess')
    expect(await thief.refusal()).toBe('The stream key is wrong.')
    expect(thief.line.closed).toBe(true)
    expect(world.states()).toEqual([])
    expect(world.refusals.newest('S')).toEqual([{ at: world.clock.now(), says: 'The stream key is wrong.' }])
    expect(world.logged.join()).not.toContain('guess')
  })

  test('V11 what is no key at all asks nobody', async () => {
    const world = createRtmpWorld()
    const lost = await world.encoder('test')
    expect(await lost.refusal()).toContain('no stream key')
    expect(world.asked).toEqual([])
  })

  test('V11 V2 a second publisher, whatever it comes with', async () => {
    const world = createRtmpWorld()
    await onAir(world)
    const second = await world.encoder()
    expect(await second.refusal()).toContain('published from somewhere else')
    const studio = world.studio()
    expect(studio.refusal()).toMatchObject({ reason: 'already_live' })
    expect(world.states()).toEqual(['connecting', 'live'])
    expect(world.refusals.newest('S')).toHaveLength(1)
  })

  test('V11 a key that was reset ends who publishes with it, and nobody else', async () => {
    const world = createRtmpWorld()
    const obs = await onAir(world)
    const other = await world.encoder('T:secret')
    world.revoke('ada', { kind: 'session', stream: 'S' })
    expect(obs.line.closed).toBe(false)
    world.revoke('S', { kind: 'session', stream: 'S' })
    expect(obs.line.closed).toBe(true)
    expect(await obs.refusal()).toContain('was reset')
    expect(other.line.closed).toBe(false)
    expect(world.states().at(-1)).toBe('reconnecting')
  })

  test('V11 a key that is reset while it is being looked at is looked at again', async () => {
    const world = createRtmpWorld()
    let decide: (() => void) | undefined
    world.answer(
      () =>
        new Promise((done) => {
          decide = () => done({ ok: true, stream: 'S' })
        }),
    )
    const obs = await world.encoder()
    expect(obs.line.paused).toBe(true)
    world.revoke('S', { kind: 'session', stream: 'S' })
    world.answer(() => Promise.resolve({ ok: false, says: 'The stream key is wrong.' }))
    decide?.()
    await settle()
    expect(await obs.refusal()).toBe('The stream key is wrong.')
    expect(world.asked).toHaveLength(2)
    expect(world.states()).toEqual([])
  })

  test('V11 when revocations were missed every key is looked at again', async () => {
    const world = createRtmpWorld()
    const obs = await onAir(world)
    world.missRevocations()
    await settle()
    expect(obs.line.closed).toBe(false)
    world.answer(() => Promise.resolve({ ok: false, says: 'The stream key is wrong.' }))
    world.missRevocations()
    await settle()
    expect(obs.line.closed).toBe(true)
  })

  test('V11 a codec that does not play, and more than may be sent', async () => {
    const world = createRtmpWorld({ maxBitsPerSecond: 1e6 })
    const hevc = await world.encoder()
    hevc.message('video', 0, new Uint8Array([0x90, ...new TextEncoder().encode('hvc1'), 1]))
    expect(await hevc.refusal()).toContain('HEVC')
    const greedy = await world.encoder()
    greedy.config(FILMED)
    await greedy.play(stretch(world.clock.now(), 10_000, { audio: false, size: 20_000 }))
    expect(await greedy.refusal()).toContain('More than 1 Mbit/s')
    expect(world.refusals.newest('S').map(({ says }) => says.split(' ')[0])).toEqual(['More', 'HEVC'])
  })

  test('V11 the host ends the stream: the encoder hears it', async () => {
    const world = createRtmpWorld()
    const obs = await onAir(world)
    world.video.provider.end('S')
    expect(obs.line.closed).toBe(true)
    expect(await obs.refusal()).toBe('The stream is over.')
  })
})

describe('V12 a connection costs itself alone', () => {
  test('V12 who says nothing, or too slowly, is gone after 5 s', async () => {
    const world = createRtmpWorld()
    const { line } = world.call()
    await world.clock.advance(LIMITS.helloMs - 1)
    expect(line.closed).toBe(false)
    await world.clock.advance(1)
    expect(line.closed).toBe(true)
    expect(world.clock.timers()).toBe(0)
  })

  test('V12 a picture that never comes ends it after 30 s, with a reason', async () => {
    const world = createRtmpWorld()
    const obs = await world.encoder()
    await world.clock.advance(LIMITS.publisherGraceMs + 1_000)
    expect(obs.line.closed).toBe(true)
    expect(await obs.refusal()).toContain('No picture came')
  })

  test('V12 who does not read what little we say is gone', () => {
    const world = createRtmpWorld()
    const { line, session } = world.call()
    line.waiting = 100_000
    session.bytes(new Uint8Array(1_537).fill(3))
    expect(line.closed).toBe(true)
  })

  test('V12 the database is away: refused for now, and nothing breaks', async () => {
    const world = createRtmpWorld()
    world.answer(() => Promise.reject(new Error('away')))
    const obs = await world.encoder()
    expect(await obs.refusal()).toContain('cannot look at stream keys right now')
    expect(obs.line.closed).toBe(true)
    expect(world.faults).toEqual(['stream key'])
  })
})
