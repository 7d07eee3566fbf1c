import { expect, test } from 'vitest'
import { createSockets } from './sockets.ts'
import type { Socket } from './sockets.ts'

function socket(principal: string, session: string, { stream = 's1', seen = 0 } = {}) {
  const closes: [number, number?][] = []
  const mine: Socket = {
    principal,
    stream,
    session: () => session,
    seen: () => seen,
    close: (code, retryInMs) => closes.push(retryInMs === undefined ? [code] : [code, retryInMs]),
  }
  return { mine, closes }
}

test('C8 a person holds so many sockets per stream and gets one back by leaving', () => {
  const sockets = createSockets(2)
  const [a, b, c] = [socket('ada', 'x').mine, socket('ada', 'x').mine, socket('ada', 'x').mine]
  expect([a, b, c].map((each) => sockets.take(each))).toEqual([true, true, false])
  expect(sockets.take(socket('ada', 'x', { stream: 's2' }).mine)).toBe(true)
  expect(sockets.take(socket('bob', 'y').mine)).toBe(true)
  sockets.leave(a)
  expect(sockets.take(c)).toBe(true)
  expect(sockets.count()).toBe(4)
})

const nothing = { seq: 5, principal: 'ada', stream: null, session: null, except: null }

test('C6 C11 the sockets of the person that stand on it are closed, each with its code', () => {
  const sockets = createSockets(8)
  const [phone, desk, bob] = [socket('ada', 'phone'), socket('ada', 'desk'), socket('bob', 'phone')]
  for (const { mine } of [phone, desk, bob]) sockets.take(mine)
  sockets.revoke({ ...nothing, kind: 'session', session: 'phone' })
  sockets.revoke({ ...nothing, kind: 'ban', stream: 's2' })
  expect([phone.closes, desk.closes, bob.closes]).toEqual([[[4401]], [], []])
  sockets.revoke({ ...nothing, kind: 'role', stream: 's1' })
  expect([phone.closes, desk.closes, bob.closes]).toEqual([[[4401], [4409]], [[4409]], []])
})

test('C11 a socket that was let in after a revocation stays', () => {
  const sockets = createSockets(8)
  const [before, after] = [socket('ada', 'x', { seen: 4 }), socket('ada', 'x', { seen: 5 })]
  for (const { mine } of [before, after]) sockets.take(mine)
  sockets.revoke({ ...nothing, kind: 'ban', stream: 's1' })
  expect([before.closes, after.closes]).toEqual([[[4403]], []])
})

test('C11 everybody is sent back to the door', () => {
  const sockets = createSockets(8)
  const [ada, bob] = [socket('ada', 'x', { seen: 9 }), socket('bob', 'y')]
  for (const { mine } of [ada, bob]) sockets.take(mine)
  sockets.readmitAll()
  expect([ada.closes, bob.closes]).toEqual([[[4409]], [[4409]]])
})

test('P42 a gate that changed names everybody in the stream who was let in before, and closes nobody', () => {
  const sockets = createSockets(8)
  const all = [
    socket('ada', 'x'),
    socket('bob', 'y', { seen: 4 }),
    socket('eve', 'z', { seen: 5 }),
    socket('ada', 'x', { stream: 's2' }),
  ]
  for (const { mine } of all) sockets.take(mine)
  const unsure = sockets.revoke({ ...nothing, principal: null, kind: 'gate', stream: 's1' })
  expect(unsure).toEqual([all[0]?.mine, all[1]?.mine])
  expect(sockets.revoke({ ...nothing, kind: 'gate' })).toEqual([all[0]?.mine, all[3]?.mine])
  expect(all.flatMap(({ closes }) => closes)).toEqual([])
})
