// Going live on encoders that the test holds.
import { expect, test } from 'vitest'
import { handClock, handWires, settle } from '../test/hand.ts'
import { createBroadcast, type BroadcastState } from './broadcast.ts'
import type { VideoShape } from './encoder.ts'
import { QUALITIES, type QualityName } from './quality.ts'

async function onAir(quality: QualityName) {
  const clock = handClock()
  const hand = handWires()
  const shapes: VideoShape[] = []
  let packet: (ts: number, key: boolean) => void = () => undefined
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
        encodeVideo(_track, shape, on) {
          shapes.push(shape)
          packet = (ts, key) => on.packet({ track: 'video', ts, dur: 33, key, bytes: new Uint8Array(1_000) })
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
  return {
    ...{ clock, shapes },
    state: () => state,
    packet: (ts: number, key = false) => packet(ts, key),
    /** The line takes nothing for a moment, then everything. */
    async jam() {
      const wire = hand.last()
      packet(clock.now(), true)
      wire.waiting = 10_000_000
      packet(clock.now() + 1, false)
      wire.waiting = 0
      packet(clock.now() + 2, true)
      for (let i = 0; i < 4; i++) {
        wire.hear({ t: 'state', state: 'live' })
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
