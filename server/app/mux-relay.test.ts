import { expect, test } from 'vitest'
import type { EncodedPacket, TrackConfig } from '../../shared/media.ts'
import { createHandClock, settle } from '../test/clock.ts'
import { createTaps } from '../video/taps.ts'
import { MuxFault } from './mux-ports.ts'
import { createMuxRelay } from './mux-relay.ts'
import type { Pusher, PushState } from './video-ports.ts'

const BYTES = new Uint8Array([1])
const VIDEO: TrackConfig = {
  ...{ kind: 'video', codec: 'avc1.42E01F' },
  ...{ width: 640, height: 360, description: BYTES },
}
const picture = (ts: number, key = true): EncodedPacket => ({
  ...{ track: 'video', ts, dur: 33, key, bytes: BYTES },
})

/** A show, and whoever pushes: what it was given, and what it says of itself. */
function pushing(options: { isMux?: boolean } = {}) {
  const clock = createHandClock(0)
  const pushes: { url: string; key: string; heard: string[]; tell: (state: PushState) => void }[] = []
  const pusher: Pusher = {
    push(target, tell) {
      const heard: string[] = []
      pushes.push({ ...target, heard, tell })
      return {
        config: ({ kind }) => void heard.push(kind),
        packet: ({ ts }) => void heard.push(String(ts)),
        pause: () => void heard.push('pause'),
        end: () => void heard.push('end'),
        close: () => void heard.push('close'),
      }
    },
  }
  const logged: string[] = []
  const note = (event: string, fields?: object) =>
    void logged.push(`${event} ${JSON.stringify(fields ?? {})}`)
  let target: () => Promise<{ url: string; key: string } | null> = () =>
    Promise.resolve({ url: 'rtmps://mux/app', key: 'the-key' })
  const relay = createMuxRelay({
    isMux: () => Promise.resolve(options.isMux ?? true),
    target: () => target(),
    pusher,
    clock,
    log: {
      info: note,
      warn: note,
      fault(where, error) {
        note(where, { error: String(error) })
        return 'fault'
      },
    },
  })
  const taps = createTaps()
  relay.show({ stream: 'show', taps })
  return {
    ...{ clock, pushes, logged, relay, taps },
    answer: (next: typeof target) => void (target = next),
  }
}

test('V24 what a browser publishes is pushed to Mux, from a key frame to the end', async () => {
  const { pushes, taps, relay, logged } = pushing()
  await settle()
  taps.config(VIDEO)
  taps.packet(picture(1))
  taps.packet(picture(2, false))
  expect(pushes).toMatchObject([{ url: 'rtmps://mux/app', key: 'the-key', heard: ['video', '1', '2'] }])
  pushes[0]?.tell({ state: 'live', says: null })
  expect(relay.sending('show')).toEqual({ state: 'live', says: null })
  taps.pause()
  taps.config(VIDEO)
  taps.packet(picture(3))
  taps.end()
  expect(pushes[0]?.heard.slice(3)).toEqual(['pause', 'video', '3', 'end'])
  expect(relay.sending('show')).toBeNull()
  expect(logged.join('\n')).not.toContain('the-key')
})

test('V24 a show that Mux does not carry is pushed nowhere', async () => {
  const { pushes, taps, relay } = pushing({ isMux: false })
  await settle()
  taps.config(VIDEO)
  taps.packet(picture(1))
  expect([pushes, relay.sending('show')]).toEqual([[], null])
})

test('V24 while Mux is away its address is asked for again, later and later, until the show is over', async () => {
  const world = pushing()
  const { pushes, clock, taps, relay } = world
  await settle()
  let asked = 0
  world.answer(() => {
    asked += 1
    return Promise.reject(new MuxFault('look at live stream', 'away', null, null))
  })
  pushes[0]?.tell({ state: 'failed', says: 'The key was refused.' })
  await clock.advance(1_000)
  expect(asked).toBe(1)
  expect(relay.sending('show')).toEqual({ state: 'waiting', says: 'Mux does not answer. Trying again.' })
  await clock.advance(2_000)
  expect(asked).toBe(2)
  await clock.advance(3_000)
  expect(asked).toBe(2)
  await clock.advance(1_000)
  expect(asked).toBe(3)
  taps.end()
  await clock.advance(600_000)
  expect(asked).toBe(3)
})

test('V24 a push that was refused is begun anew, with the key as it is then', async () => {
  const world = pushing()
  const { pushes, clock, taps } = world
  await settle()
  world.answer(() => Promise.resolve({ url: 'rtmps://mux/app', key: 'another-key' }))
  pushes[0]?.tell({ state: 'failed', says: 'The key was refused.' })
  expect(pushes[0]?.heard).toEqual(['close'])
  await clock.advance(1_000)
  taps.config(VIDEO)
  taps.packet(picture(9))
  expect(pushes.map(({ key, heard }) => [key, heard])).toEqual([
    ['the-key', ['close']],
    ['another-key', ['video', '9']],
  ])
  // What the former one says counts no more.
  pushes[0]?.tell({ state: 'failed', says: null })
  await clock.advance(60_000)
  expect(pushes.length).toBe(2)
})
