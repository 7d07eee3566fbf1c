import { expect, test } from 'vitest'
import { createHandClock } from '../../test/clock.ts'
import { createPings } from './pings.ts'

function crowd(count: number) {
  const clock = createHandClock(0)
  const pinged: { who: number; at: number }[] = []
  const pings = createPings(clock, 20_000)
  const sockets = Array.from({ length: count }, (_, who) => ({
    ping: () => void pinged.push({ who, at: clock.now() }),
  }))
  for (const socket of sockets) pings.add(socket)
  return { clock, pings, pinged, sockets }
}

test('C30 sockets that came together are pinged apart, each once in a round', async () => {
  const { clock, pinged } = crowd(1_000)
  await clock.advance(40_000)
  expect(pinged).toHaveLength(2_000)
  for (let at = 100; at <= 40_000; at += 100) expect(pinged.filter((ping) => ping.at === at)).toHaveLength(5)
  for (const { who, at } of pinged.slice(1_000))
    expect(pinged[pinged.findIndex((ping) => ping.who === who)]!.at).toBe(at - 20_000)
})

test('a lone socket is pinged once in a round, whoever else comes and goes', async () => {
  const { clock, pings, pinged, sockets } = crowd(3)
  await clock.advance(10_000)
  for (const socket of sockets.slice(1)) pings.remove(socket)
  pinged.length = 0
  await clock.advance(60_000)
  expect(pinged.map(({ who }) => who)).toEqual([0, 0, 0])
})

test('nothing runs while nobody is there', async () => {
  const { clock, pings, sockets } = crowd(2)
  for (const socket of sockets) pings.remove(socket)
  await clock.advance(1_000)
  expect(clock.timers()).toBe(0)
  pings.add(sockets[0]!)
  expect(clock.timers()).toBe(1)
})
