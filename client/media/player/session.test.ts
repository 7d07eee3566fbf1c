import { expect, test } from 'vitest'
import type { Playback } from '../../../shared/api/streams.ts'
import { settle } from '../test/hand.ts'
import { watching } from '../test/watching.ts'

test('waits for the host, then starts by itself', async () => {
  const { last, live, phase } = watching({ state: 'idle' })
  last().hear({ t: 'state', state: 'idle' })
  expect(phase()).toBe('waiting')
  await live()
  expect(phase()).toBe('playing')
})

test('push that does not answer leads to HLS, and HLS that fails back to push', async () => {
  const { hls, wires, clock, phase, video } = watching()
  clock.advance(30_000)
  expect(hls.length).toBe(1)
  await settle()
  hls[0]?.ready()
  video.say('playing')
  expect(phase()).toBe('playing')
  const tried = wires.length
  video.say('waiting')
  hls[0]?.failed(new Error('gone'))
  expect(phase()).toBe('unreachable')
  clock.advance(10_000)
  expect(wires.length).toBeGreaterThan(tried)
})

test('while HLS plays push is asked again beside it, and taken when it answers', async () => {
  const { hls, wires, clock, did, live, phase, last } = watching()
  clock.advance(20_000)
  await settle()
  hls[0]?.ready()
  const tried = wires.length
  clock.advance(20_000)
  expect(wires.length).toBe(tried)
  clock.advance(10_000)
  expect(wires.length).toBeGreaterThan(tried)
  expect(did).toEqual([])
  last().hear({ t: 'state', state: 'live' })
  await live()
  expect(did).toEqual(['stop'])
  expect(phase()).toBe('playing')
  hls[0]?.failed(new Error('late'))
  expect(phase()).toBe('playing')
})

test('without a network nothing else is tried, and its return is acted on at once', async () => {
  let online = true
  const { live, last, hls, wires, clock, phase, session, video } = watching({ online: () => online })
  await live()
  online = false
  last().cut()
  video.currentTime = 10
  video.say('waiting')
  clock.advance(20_000)
  expect(phase()).toBe('line_lost')
  expect(hls.length).toBe(0)
  online = true
  const tried = wires.length
  session.wake()
  expect(wires.length).toBe(tried + 1)
  await live()
  expect(phase()).toBe('playing')
})

test('before the stream a server that is away is asked again, not fled from', () => {
  const { hls, wires, clock } = watching({ state: 'idle' })
  clock.advance(60_000)
  expect(hls.length).toBe(0)
  expect(wires.length).toBeGreaterThan(6)
})

test('codecs this browser cannot decode end in words when HLS cannot either', async () => {
  const { last, hls, phase } = watching()
  last().hear({ t: 'init', codecs: 'hev1.1.6.L93.B0', epochMs: 0, now: 0 })
  await settle()
  hls[0]?.failed(new Error('codecs'))
  expect(phase()).toBe('unsupported')
})

test('buffers beyond repair start over by push, and by HLS when it goes on', async () => {
  const { live, buffers, wires, hls } = watching()
  await live()
  for (let i = 0; i < 3; i += 1) {
    buffers.at(-1)!.dispatchEvent(new Event('error'))
    expect(wires.length).toBe(i + 2)
    await live()
  }
  expect(hls.length).toBe(0)
  buffers.at(-1)!.dispatchEvent(new Event('error'))
  expect(hls.length).toBe(1)
})

test('a pause closes the socket, play comes back at the live edge', async () => {
  const { session, live, last, wires, phase, video } = watching()
  await live()
  session.pause()
  expect(phase()).toBe('paused')
  expect(last().closedByUs).toBe(true)
  session.play()
  expect(wires.length).toBe(2)
  await live()
  expect(phase()).toBe('playing')
  expect(video.paused).toBe(false)
})

test('the host’s outage and end are told as such', async () => {
  const { live, last, phase, video, wires, clock } = watching()
  await live()
  last().hear({ t: 'state', state: 'reconnecting' })
  expect(phase()).toBe('playing')
  video.say('waiting')
  expect(phase()).toBe('host_away')
  last().hear({ t: 'state', state: 'ended' })
  expect(phase()).toBe('ended')
  clock.advance(60_000)
  expect(wires.length).toBe(1)
})

test('a picture halted from outside waits for a touch', async () => {
  const { live, video, phase } = watching()
  await live()
  video.say('pause')
  expect(phase()).toBe('blocked')
})

test('the chat’s word for live wakes a dead socket, spread out and only if it is dead', async () => {
  const dead = watching({ state: 'idle' })
  dead.last().hear({ t: 'state', state: 'idle' })
  dead.session.hint('live')
  dead.clock.advance(2_999)
  expect(dead.wires.length).toBe(1)
  dead.clock.advance(1)
  expect(dead.wires.length).toBe(2)

  const alive = watching({ state: 'idle' })
  alive.last().hear({ t: 'state', state: 'idle' })
  alive.session.hint('live')
  await alive.live()
  alive.clock.advance(3_500)
  expect(alive.wires.length).toBe(1)
})

test('without Media Source Extensions HLS plays once the chat says live', () => {
  const { hls, wires, session } = watching({ state: 'idle', mse: false })
  expect(hls.length).toBe(0)
  session.hint('live')
  expect(hls.length).toBe(1)
  expect(wires.length).toBe(0)
})

test('the delay is reported every five seconds while the picture moves', async () => {
  const { live, last, clock, session } = watching()
  await live()
  const reports = () => last().said.filter((one) => (one as { t: string }).t === 'latency')
  for (let i = 0; i < 5; i += 1) {
    clock.advance(1_000)
    last().bytes(new ArrayBuffer(8))
  }
  expect(reports().length).toBe(1)
  session.pause()
  clock.advance(5_000)
  expect(reports().length).toBe(1)
})

test('V40 by HLS the delay is reported while the picture moves, on the way of its own', async () => {
  const { hls, wires, clock, video, reported, session } = watching({ mse: false })
  await settle()
  clock.advance(10_000)
  expect(reported).toEqual([])
  hls[0]?.ready()
  video.say('playing')
  clock.advance(10_000)
  expect(reported).toEqual([2_000, 2_000])
  session.pause()
  clock.advance(10_000)
  expect(reported.length).toBe(2)
  expect(wires).toEqual([])
})

const MUX: Playback = {
  ...{ provider: 'mux', state: 'idle', push: null, dvr: null },
  ...{ hls: '', hlsPlain: '', expiresAt: null },
}
const signed = (n: number): Playback => ({
  ...MUX,
  ...{ state: 'live', hls: `https://video/1.m3u8?token=${n}`, expiresAt: 1 },
})

test('V21 without push nothing is dialled; the page is asked where to play when the show begins', async () => {
  const { session, wires, did, played, phase, hls, video } = watching({ state: 'idle', playback: MUX })
  expect(phase()).toBe('waiting')
  session.hint('live')
  expect(did).toEqual(['stale'])
  expect(played).toEqual([])
  session.update(signed(1))
  await settle()
  expect(played).toEqual([signed(1).hls])
  hls[0]?.ready()
  video.say('playing')
  expect(phase()).toBe('playing')
  expect(wires).toEqual([])
})

test('V21 addresses are renewed while they play, and asked for again when they fail', async () => {
  const { session, did, played, hls, video, clock, wires } = watching({ playback: signed(1) })
  await settle()
  hls[0]?.ready()
  video.say('playing')
  session.update(signed(2))
  expect(did).toEqual([`renew ${signed(2).hls}`])
  expect(played).toEqual([signed(1).hls])
  session.update(signed(3))
  hls[0]?.failed(new Error('403'))
  expect(did.at(-2)).toBe('stale')
  clock.advance(10_000)
  await settle()
  expect(played.at(-1)).toBe(signed(3).hls)
  expect(wires).toEqual([])
})

test('V21 what becomes of the host is heard from the page, the end from the chat', async () => {
  const { session, hls, video, phase } = watching({ playback: signed(1) })
  await settle()
  hls[0]?.ready()
  session.update({ ...signed(2), state: 'reconnecting' })
  expect(phase()).toBe('host_away')
  session.update(signed(3))
  video.say('playing')
  expect(phase()).toBe('playing')
  session.update({ ...signed(4), state: 'idle' })
  expect(phase()).toBe('playing')
  session.hint('ended')
  expect(phase()).toBe('ended')
})
