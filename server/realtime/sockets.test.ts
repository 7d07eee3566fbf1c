import { expect, test } from 'vitest'
import { createSockets } from './sockets.ts'
import type { Socket } from './sockets.ts'

function socket(principal: string, session: string, stream = 's1') {
  const closes: [number, number?][] = []
  const mine: Socket = {
    principal,
    stream,
    session: () => session,
    close: (code, retryInMs) => closes.push(retryInMs === undefined ? [code] : [code, retryInMs]),
  }
  return { mine, closes }
}

test('C8 a person holds so many sockets per stream and gets one back by leaving', () => {
  const sockets = createSockets(2)
  const [a, b, c] = [socket('ada', 'x').mine, socket('ada', 'x').mine, socket('ada', 'x').mine]
  expect([a, b, c].map((each) => sockets.take(each))).toEqual([true, true, false])
  expect(sockets.take(socket('ada', 'x', 's2').mine)).toBe(true)
  expect(sockets.take(socket('bob', 'y').mine)).toBe(true)
  sockets.leave(a)
  expect(sockets.take(c)).toBe(true)
  expect(sockets.count()).toBe(4)
})

test('C6 a session, everything, or everything but one session is closed', () => {
  const sockets = createSockets(8)
  const [phone, desk, bob] = [socket('ada', 'phone'), socket('ada', 'desk'), socket('bob', 'phone')]
  for (const { mine } of [phone, desk, bob]) sockets.take(mine)
  const closed = () => [phone, desk, bob].map(({ closes }) => closes.length)
  sockets.revoke({ type: 'revoked', principal: 'ada', session: 'phone' })
  expect(closed()).toEqual([1, 0, 0])
  sockets.revoke({ type: 'revoked', principal: 'ada', except: 'desk' })
  expect(closed()).toEqual([2, 0, 0])
  sockets.revoke({ type: 'revoked', principal: 'ada' })
  expect(closed()).toEqual([3, 1, 0])
  expect(desk.closes).toEqual([[4401]])
})
