import { expect, test } from 'vitest'
import type { CloseCode } from '../../shared/protocol/index.ts'
import { createHandClock, settle } from '../test/clock.ts'
import { openSecondLook } from './second-look.ts'

function world() {
  const clock = createHandClock(0)
  const faults: unknown[] = []
  const log = { fault: (_where: string, error: unknown) => `fault-${faults.push(error)}` }
  /** How many are asked about at this moment, and at most. */
  const asked = { now: 0, most: 0 }
  let away = false
  const codes = new Map<string, CloseCode>()
  const closed: string[] = []
  const look = openSecondLook({ clock, log })(async ({ name }: ReturnType<typeof socket>) => {
    asked.now += 1
    asked.most = Math.max(asked.most, asked.now)
    await Promise.resolve()
    asked.now -= 1
    if (away) throw new Error('the database is away')
    return codes.get(name) ?? null
  })
  const socket = (name: string) => ({
    name,
    close: (code: CloseCode) => void closed.push(`${name} ${code}`),
  })
  return { clock, faults, asked, codes, closed, look, socket, setAway: (is: boolean) => (away = is) }
}

test('P42 who lost the right is closed with the code of the verdict, everybody else stays', async () => {
  const { look, codes, closed, socket } = world()
  codes.set('ada', 4401)
  codes.set('bob', 4403)
  look.at(['ada', 'bob', 'eve'].map(socket))
  await settle()
  expect(closed).toEqual(['ada 4401', 'bob 4403'])
})

test('P42 a full house is asked about a hundred at a time, everybody once', async () => {
  const { look, asked, codes, closed, socket } = world()
  const house = Array.from({ length: 250 }, (_, n) => socket(`viewer ${n}`))
  for (const { name } of house) codes.set(name, 4401)
  look.at(house)
  await settle()
  expect(asked.most).toBe(100)
  expect(new Set(closed).size).toBe(250)
  expect(closed).toHaveLength(250)
})

test('P42 whose right changes again while it is looked at is looked at again', async () => {
  const { look, codes, closed, socket } = world()
  const ada = socket('ada')
  look.at([ada])
  codes.set('ada', 4401)
  look.at([ada])
  await settle()
  expect(closed).toContain('ada 4401')
})

test('P42 while nobody can say, nobody is closed, and it is asked again until somebody can', async () => {
  const { look, clock, codes, closed, faults, socket, setAway } = world()
  codes.set('ada', 4401)
  setAway(true)
  look.at([socket('ada')])
  await settle()
  await clock.advance(2_500)
  expect([closed, faults.length]).toEqual([[], 3])
  setAway(false)
  await clock.advance(1_000)
  expect(closed).toEqual(['ada 4401'])
  expect(clock.timers()).toBe(0)
})

test('a node that stops asks nothing more', async () => {
  const { look, clock, closed, codes, socket, setAway } = world()
  codes.set('ada', 4401)
  setAway(true)
  look.at([socket('ada')])
  await settle()
  look.stop()
  setAway(false)
  await clock.advance(5_000)
  look.at([socket('ada')])
  await settle()
  expect([closed, clock.timers()]).toEqual([[], 0])
})
