import { expect, test } from 'vitest'
import { decodeFrame, type EncodedPacket, type TrackConfig } from '../../../shared/media.ts'
import { handClock, handWires, settle } from '../test/hand.ts'
import { createPublisher, type GrantAnswer, type PublishPhase } from './publisher.ts'

function world() {
  const clock = handClock()
  const hand = handWires()
  const phases: PublishPhase[] = []
  const grants: (GrantAnswer | Promise<never>)[] = []
  let asked = 0
  const congestions: string[] = []
  const refusals: string[] = []
  const publisher = createPublisher({
    grant: () => {
      asked += 1
      return Promise.resolve(grants.shift() ?? { ok: true as const, grant: `grant-${asked}`, url: '/ingest' })
    },
    open: hand.open,
    clock,
    fraction: () => 0.5,
    on: {
      phase: (phase) => phases.push(phase),
      stats: () => undefined,
      congested: (layer) => congestions.push(layer),
      lowRefused: (says) => refusals.push(says),
    },
  })
  const live = async (): Promise<void> => {
    publisher.start()
    await settle()
    hand.last().opened()
    hand.last().hear({ t: 'go', streamId: 's', resumed: false })
  }
  return {
    ...hand,
    ...{ clock, phases, grants, publisher, live },
    at: () => phases.at(-1)?.at,
    ...{ congestions, refusals },
  }
}

const video: TrackConfig = {
  kind: 'video',
  codec: 'avc1.64001f',
  width: 1280,
  height: 720,
  description: new Uint8Array([1, 2]),
}
const frame = (ts: number, key = false): EncodedPacket => ({
  track: 'video',
  ts,
  dur: 33,
  key,
  bytes: new Uint8Array(100),
})
const kinds = (sent: Uint8Array[]): string[] =>
  sent.map((bytes) => {
    const decoded = decodeFrame(bytes)
    const low = decoded?.layer === 'low' ? 'low ' : ''
    return decoded?.type === 'packet'
      ? `${low}${decoded.packet.key ? 'key' : 'frame'} ${decoded.packet.ts}`
      : `${low}config`
  })

test('publishes with its grant, then configs, then from a key frame', async () => {
  const { publisher, last, live, at } = world()
  publisher.config(video)
  await live()
  expect(last().said[0]).toEqual({ t: 'publish', grant: 'grant-1' })
  expect(at()).toBe('live')
  publisher.packet(frame(10))
  publisher.packet(frame(20, true))
  publisher.packet(frame(30))
  expect(kinds(last().sent)).toEqual(['config', 'key 20', 'frame 30'])
})

test('the same config again is not sent again; another one is', async () => {
  const { publisher, last, live } = world()
  await live()
  publisher.config(video)
  publisher.config({ ...video, description: new Uint8Array([1, 2]) })
  publisher.config({ ...video, width: 854 })
  expect(kinds(last().sent)).toEqual(['config', 'config'])
})

test('V3 a dropped line comes back with a new grant, its configs first and a key frame next', async () => {
  const { publisher, last, live, clock, wires, at } = world()
  publisher.config(video)
  await live()
  publisher.packet(frame(20, true))
  last().cut()
  expect(at()).toBe('reconnecting')
  publisher.packet(frame(30))
  clock.advance(200)
  await settle()
  expect(wires.length).toBe(2)
  last().opened()
  expect(last().said[0]).toEqual({ t: 'publish', grant: 'grant-2' })
  last().hear({ t: 'go', streamId: 's', resumed: true })
  publisher.packet(frame(40))
  publisher.packet(frame(50, true))
  expect(kinds(last().sent)).toEqual(['config', 'key 50'])
  expect(at()).toBe('live')
})

test('a server that still holds the dead socket is asked again; on a first start it is final', async () => {
  const busy = { t: 'refused', reason: 'already_live', says: 'Already live elsewhere.' }
  const back = world()
  await back.live()
  back.last().cut()
  back.clock.advance(200)
  await settle()
  back.last().opened()
  back.last().hear(busy)
  expect(back.at()).toBe('reconnecting')
  back.clock.advance(1_500)
  await settle()
  expect(back.wires.length).toBe(3)

  const first = world()
  first.publisher.start()
  await settle()
  first.last().opened()
  first.last().hear(busy)
  expect(first.phases.at(-1)).toEqual({ at: 'over', why: 'refused', says: 'Already live elsewhere.' })
})

test('a grant that is refused for good ends it, no network does not', async () => {
  const refused = world()
  refused.grants.push({ ok: false, says: 'The stream is over.', then: 'refused' })
  refused.publisher.start()
  await settle()
  expect(refused.phases.at(-1)).toEqual({ at: 'over', why: 'refused', says: 'The stream is over.' })

  const offline = world()
  offline.grants.push({ ok: false, says: '', then: 'retry' })
  offline.publisher.start()
  await settle()
  offline.clock.advance(200)
  await settle()
  expect(offline.wires.length).toBe(1)
})

test('a grant that never comes is asked for again', async () => {
  const { publisher, grants, clock, wires } = world()
  grants.push(new Promise<never>(() => undefined))
  publisher.start()
  clock.advance(5_200)
  await settle()
  expect(wires.length).toBe(1)
})

test('silence is a dead line', async () => {
  const { live, clock, wires, at } = world()
  await live()
  clock.advance(5_000)
  expect(wires[0]?.closedByUs).toBe(true)
  expect(at()).toBe('reconnecting')
})

test('a server that hears nothing of what is sent gets another connection', async () => {
  const { publisher, live, last, wires, clock, at } = world()
  await live()
  publisher.packet(frame(10, true))
  last().hear({ t: 'state', state: 'reconnecting' })
  expect(at()).toBe('reconnecting')
  clock.advance(200)
  await settle()
  expect(wires.length).toBe(2)

  const quiet = world()
  await quiet.live()
  quiet.clock.advance(2_500)
  quiet.last().hear({ t: 'state', state: 'reconnecting' })
  expect(quiet.at()).toBe('live')
})

test('the clock is asked in a burst and then now and then; the answer gives the round trip', async () => {
  const { live, last, clock, publisher } = world()
  await live()
  clock.advance(600)
  expect(last().said.filter((one) => (one as { t: string }).t === 'clock').length).toBe(5)
  last().hear({ t: 'clock', sent: clock.now() - 42, server: 0 })
  expect(publisher.roundTrip()).toBe(42)
  for (let i = 0; i < 5; i += 1) {
    last().hear({ t: 'stats', kbps: 0, fps: 0, viewers: 0, latencyMs: null })
    clock.advance(2_000)
  }
  expect(last().said.filter((one) => (one as { t: string }).t === 'clock').length).toBe(6)
})

test('a queue longer than the bound drops frames and says so', async () => {
  const { publisher, live, last, congestions } = world()
  await live()
  publisher.packet(frame(10, true))
  last().waiting = 100_000
  publisher.packet(frame(20))
  publisher.packet(frame(30))
  expect(congestions).toEqual(['main'])
  expect(publisher.sent()).toMatchObject({ frames: 1, dropped: 2 })
})

const small: TrackConfig = { ...video, width: 640, height: 360 }

test('V37 the small picture has its own config, told with its first picture and on every connection', async () => {
  const { publisher, last, live, clock } = world()
  publisher.config(video)
  await live()
  publisher.config(small, 'low')
  publisher.packet(frame(10, true))
  publisher.packet(frame(10, true), 'low')
  publisher.packet(frame(20))
  publisher.packet(frame(20), 'low')
  // A new encoder with the same settings is none to the server.
  publisher.config({ ...small }, 'low')
  publisher.packet(frame(30, true), 'low')
  expect(kinds(last().sent)).toEqual([
    ...['config', 'key 10', 'low config', 'low key 10', 'frame 20', 'low frame 20', 'low key 30'],
  ])
  expect(publisher.sent()).toMatchObject({ frames: 2, low: 3, dropped: 0 })
  last().cut()
  clock.advance(200)
  await settle()
  last().opened()
  last().hear({ t: 'go', streamId: 's', resumed: true })
  publisher.packet(frame(40, true))
  publisher.packet(frame(40, true), 'low')
  expect(kinds(last().sent)).toEqual(['config', 'key 40', 'low config', 'low key 40'])
})

test('V37 a small picture that went off comes again with its config and a key frame', async () => {
  const { publisher, last, live } = world()
  await live()
  publisher.config(small, 'low')
  publisher.packet(frame(10, true))
  publisher.packet(frame(10, true), 'low')
  publisher.withoutLow()
  publisher.packet(frame(20), 'low')
  publisher.config(small, 'low')
  publisher.packet(frame(30), 'low')
  publisher.packet(frame(40, true), 'low')
  expect(kinds(last().sent).slice(1)).toEqual(['low config', 'low key 10', 'low config', 'low key 40'])
})

test('V37 a small picture that the server refuses costs the broadcast nothing', async () => {
  const { last, live, at, refusals } = world()
  await live()
  last().hear({ t: 'low', says: 'The small picture was switched off: Its clock jumped.' })
  expect(refusals).toEqual(['The small picture was switched off: Its clock jumped.'])
  expect(at()).toBe('live')
})

test('V37 a queue is too long for the small picture first', async () => {
  const { publisher, last, live, congestions } = world()
  await live()
  publisher.config(small, 'low')
  publisher.packet(frame(10, true))
  publisher.packet(frame(10, true), 'low')
  last().waiting = 50_000
  publisher.packet(frame(20))
  publisher.packet(frame(20), 'low')
  publisher.packet(frame(30), 'low')
  expect(kinds(last().sent).at(-1)).toBe('frame 20')
  expect(congestions).toEqual(['low'])
})

test('stopping says bye and stays stopped', async () => {
  const { publisher, live, last, clock, wires, phases } = world()
  await live()
  publisher.stop('ended', 'The stream is over.')
  expect(last().said.at(-1)).toEqual({ t: 'bye' })
  clock.advance(60_000)
  await settle()
  expect(wires.length).toBe(1)
  expect(phases.at(-1)).toMatchObject({ at: 'over', why: 'ended' })
})

test('the network coming back cuts the wait short', async () => {
  const { publisher, live, last, wires } = world()
  await live()
  last().cut()
  publisher.nudge()
  await settle()
  expect(wires.length).toBe(2)
})
