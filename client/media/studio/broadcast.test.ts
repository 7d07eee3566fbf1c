// Going live on encoders that the test holds.
import { expect, test } from 'vitest'
import { handClock, handWires, settle } from '../test/hand.ts'
import { createBroadcast, type BroadcastState } from './broadcast.ts'
import { decodeFrame } from '../../../shared/media.ts'
import type { Beside, VideoShape } from './encoder.ts'
import { LOW_OFF } from './low-layer.ts'
import { QUALITIES, type QualityName } from './quality.ts'

const SMALL = { kind: 'video', codec: 'avc1.64001e', width: 640, height: 360 } as const

async function onAir(quality: QualityName) {
  const clock = handClock()
  const hand = handWires()
  const shapes: VideoShape[] = []
  let packet: (ts: number, key: boolean) => void = () => undefined
  let low: (ts: number, key: boolean) => void = () => undefined
  let beside: Beside | undefined
  let state: BroadcastState | undefined
  const broadcast = createBroadcast({
    clock,
    fraction: () => 0.5,
    open: hand.open,
    grant: () => Promise.resolve({ ok: true, grant: 'g', url: '/ingest' }),
    show: (next) => (state = next),
    loadEncoder: () =>
      Promise.resolve({
        encodeAudio: () => Promise.resolve(() => undefined),
        canEncodeLow: () => Promise.resolve(true),
        encodeVideo(_track, shape, on, given) {
          shapes.push(shape)
          beside = given
          const one = (ts: number, key: boolean) => ({
            ...{ track: 'video' as const, ts, dur: 33, key, bytes: new Uint8Array(1_000) },
          })
          packet = (ts, key) => on.packet(one(ts, key), 'main')
          low = (ts, key) => {
            if (key) on.config({ ...SMALL, description: new Uint8Array([1]) }, 'low')
            on.packet(one(ts, key), 'low')
          }
          return Promise.resolve(() => undefined)
        },
      }),
  })
  broadcast.setQuality(quality)
  broadcast.start({
    picture: {
      track: {} as MediaStreamTrack,
      boxFor: (name) => ({ width: QUALITIES[name].width, height: QUALITIES[name].height }),
    },
    sound: {} as MediaStreamTrack,
  })
  await settle()
  hand.last().opened()
  hand.last().hear({ t: 'go', streamId: 's', resumed: false })
  await settle()
  /** The line takes nothing for a moment, then everything. */
  function choke(): void {
    const wire = hand.last()
    packet(clock.now(), true)
    wire.waiting = 10_000_000
    packet(clock.now() + 1, false)
    wire.waiting = 0
    packet(clock.now() + 2, true)
  }
  return {
    ...{ clock, shapes, broadcast, choke },
    beside: () => beside,
    refuseLow: (says: string) => hand.last().hear({ t: 'low', says }),
    layers: () => hand.last().sent.map((bytes) => decodeFrame(bytes)?.layer),
    /** Every second has all its frames, of both pictures where the small one is wanted. */
    async stream(seconds: number, besideMain = true) {
      for (let i = 0; i < seconds; i++) {
        hand.last().hear({ t: 'state', state: 'live' })
        for (let frame = 0; frame < 30; frame++) {
          const ts = clock.now() + frame * 33
          packet(ts, frame === 0)
          beside?.inside(1)
          if (besideMain && beside?.low.wanted()) low(ts, frame === 0)
        }
        clock.advance(1_000)
      }
      await settle()
    },
    state: () => state,
    packet: (ts: number, key = false) => packet(ts, key),
    async jam() {
      choke()
      for (let i = 0; i < 4; i++) {
        hand.last().hear({ t: 'state', state: 'live' })
        clock.advance(1_000)
      }
      await settle()
    },
    async calm(seconds: number) {
      for (let i = 0; i < seconds; i++) {
        hand.last().hear({ t: 'state', state: 'live' })
        clock.advance(1_000)
      }
      await settle()
    },
  }
}

test('V28 a line that stays too slow for 1080p gets 720p, and 1080p back in calm', async () => {
  const { jam, calm, shapes, state } = await onAir('1080p')
  expect(shapes.at(-1)).toMatchObject({ kbps: 4_500, box: { height: 1_080 } })
  await jam()
  await jam()
  expect(shapes.at(-1)).toMatchObject({ kbps: 3_150, box: { height: 1_080 } })
  expect(state()?.sending).toBe('1080p')
  await jam()
  expect(shapes.at(-1)).toMatchObject({ kbps: 2_205, box: { height: 720 } })
  expect(state()?.sending).toBe('720p')
  await calm(70)
  expect(state()?.sending).toBe('1080p')
  expect(shapes.at(-1)?.box?.height).toBe(1_080)
})

test('V28 the distance of key frames is measured, and what was dropped is counted', async () => {
  const { packet, calm, jam, state, clock } = await onAir('720p')
  expect(state()?.keySeconds).toBeNull()
  const now = clock.now()
  packet(now - 33)
  packet(now, true)
  packet(now + 1_000)
  packet(now + 2_000, true)
  await calm(1)
  expect(state()?.keySeconds).toBe(2)
  expect(state()?.dropped).toBe(0)
  await jam()
  expect(state()?.dropped).toBe(1)
})

test('V37 the small picture goes out beside the main one, where the host wants it', async () => {
  const { broadcast, stream, layers, state, beside } = await onAir('720p')
  await stream(5)
  expect(beside()?.low.wanted()).toBe(false)
  expect(state()?.low).toEqual(LOW_OFF)
  broadcast.setLow(true)
  await stream(5)
  expect(state()?.low).toEqual({ wanted: true, sending: true, why: null, says: null })
  expect(layers().slice(-2)).toEqual(['main', 'low'])
  expect(state()?.fps).toBe(30)
  broadcast.setLow(false)
  expect(beside()?.low.wanted()).toBe(false)
  expect(state()?.low).toEqual(LOW_OFF)
})

test('V37 a line too slow for both loses the small picture before the main one shrinks', async () => {
  const { broadcast, stream, choke, shapes, state, beside } = await onAir('720p')
  broadcast.setLow(true)
  await stream(5)
  const encoders = shapes.length
  choke()
  await stream(10)
  expect(state()?.low).toEqual({ wanted: true, sending: false, why: 'line', says: null })
  expect(beside()?.low.wanted()).toBe(false)
  expect(shapes.length).toBe(encoders)
  expect(state()?.askedKbps).toBe(2_500)
  await stream(15)
  expect(state()?.low).toEqual({ wanted: true, sending: true, why: null, says: null })
})

test('V37 another camera and another size keep it; a second encoder that breaks costs only the small picture', async () => {
  const { broadcast, stream, beside, shapes, state } = await onAir('720p')
  broadcast.setLow(true)
  await stream(5)
  broadcast.setQuality('1080p')
  await stream(2)
  expect(shapes.at(-1)?.kbps).toBe(4_500)
  expect(state()?.low.sending).toBe(true)
  const encoders = shapes.length
  beside()?.low.off('failed')
  expect(state()?.low).toEqual({ wanted: true, sending: false, why: 'failed', says: null })
  await stream(10)
  expect(shapes.length).toBe(encoders)
  expect(state()?.encoderFailed).toBe(false)
  expect(state()?.low.why).toBe('failed')
  await stream(15)
  expect(state()?.low.sending).toBe(true)
})

test('V37 a small picture that does not come out of its encoder is given up', async () => {
  const { broadcast, stream, state } = await onAir('720p')
  broadcast.setLow(true)
  await stream(12, false)
  expect(state()?.low).toEqual({ wanted: true, sending: false, why: 'device', says: null })
})

test('V37 what the server refuses stays off until the next time, whatever is switched', async () => {
  const { broadcast, stream, refuseLow, state, layers } = await onAir('720p')
  broadcast.setLow(true)
  await stream(5)
  refuseLow('The small picture was switched off: Its clock jumped.')
  const refused = {
    ...{ wanted: true, sending: false, why: 'refused' },
    says: 'The small picture was switched off: Its clock jumped.',
  }
  expect(state()?.low).toEqual(refused)
  const sent = layers().filter((layer) => layer === 'low').length
  broadcast.setQuality('1080p')
  broadcast.setLow(false)
  broadcast.setLow(true)
  await stream(60)
  expect(state()?.low).toEqual(refused)
  expect(layers().filter((layer) => layer === 'low').length).toBe(sent)
  expect(state()?.phase.at).toBe('live')
})
