import { expect, test } from 'vitest'
import type { Layer } from '../../../shared/media.ts'
import { PassRefused } from '../../pass.ts'
import { handClock, handWires, settle } from '../test/hand.ts'
import { createFeed } from './feed.ts'

const PASS = { pass: 'pass-1', expiresAt: 0, person: { id: 'ada', name: 'Ada', guest: true } }

function world(get = () => Promise.resolve(PASS)) {
  const clock = handClock()
  const hand = handWires()
  const told: unknown[] = []
  const cuts: (number | null)[] = []
  let drops = 0
  let layer: Layer = 'main'
  const feed = createFeed({
    url: '/push',
    passes: { get, drop: () => (drops += 1) },
    layer: () => layer,
    open: hand.open,
    clock,
    fraction: () => 0.5,
    on: {
      init: (init) => told.push(['init', init.epochMs]),
      chunk: (bytes) => told.push(['chunk', bytes.byteLength]),
      state: (state) => told.push(['state', state]),
      layers: (layers, playing) => told.push(['layers', ...layers, playing]),
      cut: (code) => cuts.push(code),
      lost: () => told.push('lost'),
      gaveUp: (why) => told.push(['gaveUp', why]),
    },
  })
  return { ...hand, clock, told, cuts, feed, drops: () => drops, wants: (next: Layer) => (layer = next) }
}

test('watches with the pass as soon as both socket and pass are there', async () => {
  const { feed, last, told } = world()
  feed.start()
  await settle()
  expect(last().said).toEqual([])
  last().opened()
  await settle()
  expect(last().said).toEqual([{ t: 'watch', pass: 'pass-1' }])
  last().hear({ t: 'init', codecs: 'avc1', epochMs: 7, now: 8 })
  last().bytes(new ArrayBuffer(3))
  expect(told).toEqual([
    ['init', 7],
    ['chunk', 3],
  ])
})

test('a cut line comes back after a jittered wait', () => {
  const { feed, last, wires, clock, told } = world()
  feed.start()
  last().hear({ t: 'state', state: 'live' })
  last().cut()
  expect(told.at(-1)).toBe('lost')
  clock.advance(199)
  expect(wires.length).toBe(1)
  clock.advance(1)
  expect(wires.length).toBe(2)
})

test('a live stream that falls silent is a dead line', () => {
  const { feed, last, wires, clock } = world()
  feed.start()
  last().hear({ t: 'state', state: 'live' })
  clock.advance(3_900)
  last().bytes(new ArrayBuffer(1))
  clock.advance(3_900)
  expect(last().closedByUs).toBe(false)
  clock.advance(400)
  expect(wires[0]?.closedByUs).toBe(true)
  expect(wires.length).toBe(2)
})

test('before the stream silence is normal', () => {
  const { feed, last, wires, clock } = world()
  feed.start()
  last().hear({ t: 'state', state: 'idle' })
  clock.advance(600_000)
  expect(wires.length).toBe(1)
})

test('a server that never answers is unreachable after a few tries', () => {
  const { feed, wires, clock, told } = world()
  feed.start()
  clock.advance(60_000)
  expect(wires.length).toBe(4)
  expect(told).toEqual(['lost', 'lost', 'lost', ['gaveUp', 'unreachable']])
})

test('an expired pass is dropped and asked anew', () => {
  const { feed, last, wires, clock, drops } = world()
  feed.start()
  last().hear({ t: 'state', state: 'live' })
  last().cut({ code: 4401 })
  expect(drops()).toBe(1)
  clock.advance(200)
  expect(wires.length).toBe(2)
})

test('a banned viewer is not brought back', async () => {
  const cut = world()
  cut.feed.start()
  cut.last().cut({ code: 4403 })
  expect(cut.told).toEqual([['gaveUp', 'refused']])

  const denial = { code: 'banned' as const, says: '' }
  const refused = world(() => Promise.reject(new PassRefused(denial)))
  refused.feed.start()
  refused.last().opened()
  await settle()
  expect(refused.told).toEqual([['gaveUp', 'refused']])
})

test('no network while asking for a pass is a cut line, not a refusal', async () => {
  const { feed, last, told } = world(() => Promise.reject(new PassRefused({ code: 'offline', says: '' })))
  feed.start()
  last().opened()
  await settle()
  expect(told).toEqual(['lost'])
})

test('stopped, it neither comes back nor speaks', () => {
  const { feed, last, wires, clock, told } = world()
  feed.start()
  last().hear({ t: 'state', state: 'live' })
  last().cut()
  feed.stop()
  clock.advance(60_000)
  expect(wires.length).toBe(1)
  expect(told.at(-1)).toBe('lost')
})

test('V38 a line is opened with the size wanted then, and asked for another while it is open', async () => {
  const { feed, last, told, wants } = world()
  wants('low')
  feed.start()
  last().opened()
  await settle()
  expect(last().said).toEqual([{ t: 'watch', pass: 'pass-1', layer: 'low' }])
  last().hear({ t: 'layers', layers: ['main', 'low'], playing: 'low' })
  expect(told).toEqual([['layers', 'main', 'low', 'low']])
  feed.ask('main')
  expect(last().said.at(-1)).toEqual({ t: 'layer', layer: 'main' })
  wants('main')
  feed.restart()
  last().opened()
  await settle()
  expect(last().said).toEqual([{ t: 'watch', pass: 'pass-1' }])
})

test('V38 how a line ended is told: by a code, or by silence', () => {
  const { feed, last, clock, cuts } = world()
  feed.start()
  last().hear({ t: 'state', state: 'live' })
  last().cut({ code: 4408 })
  clock.advance(200)
  last().hear({ t: 'state', state: 'live' })
  clock.advance(4_000)
  feed.stop()
  expect(cuts).toEqual([4408, null])
})
