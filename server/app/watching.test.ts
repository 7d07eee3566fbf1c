import { expect, test } from 'vitest'
import { createHandClock } from '../test/clock.ts'
import type { Admission } from './ports.ts'
import { createMayWatch } from './watching.ts'

function world() {
  const clock = createHandClock(0)
  const listeners: { revoked(): void; missed(): void }[] = []
  const asked: string[] = []
  const answers = new Map<string, Partial<Admission>>()
  let away = false
  const mayWatch = createMayWatch({
    clock,
    revocations: {
      listen(listener) {
        listeners.push(listener)
        return () => undefined
      },
    },
    admission({ session, stream }) {
      asked.push(`${stream} ${session}`)
      if (away) return Promise.reject(new Error('the database is away'))
      const free: Admission = { person: null, role: 'viewer', banned: false, refused: null, seen: 0 }
      return Promise.resolve({ ...free, ...answers.get(session) })
    },
  })
  return { clock, asked, answers, mayWatch, listeners, setAway: (is: boolean) => (away = is) }
}

const as = (session: string | null) => () => Promise.resolve(session === null ? null : { session })

test('P40 the gate and a ban keep somebody out, a stranger is asked about as nobody', async () => {
  const { mayWatch, answers, asked } = world()
  answers.set('banned', { banned: true })
  answers.set('', { refused: 'account_needed' })
  expect(await mayWatch('show', as('ada'))).toBe(true)
  expect(await mayWatch('show', as('banned'))).toBe(false)
  expect(await mayWatch('show', as(null))).toBe(false)
  expect(asked).toEqual(['show ada', 'show banned', 'show '])
})

test('P42 nine requests a second are one question a second, for each person and stream', async () => {
  const { mayWatch, clock, asked } = world()
  for (let n = 0; n < 27; n++) {
    await Promise.all([
      mayWatch('show', as('ada')),
      mayWatch('show', as('bob')),
      mayWatch('other', as('ada')),
    ])
    await clock.advance(1_000 / 9)
  }
  expect(asked.filter((each) => each === 'show ada').length).toBeLessThanOrEqual(4)
  expect(new Set(asked)).toEqual(new Set(['show ada', 'show bob', 'other ada']))
})

test('P42 an answer holds until the next right that ends, and for a second at most', async () => {
  const { mayWatch, answers, clock, listeners } = world()
  expect(await mayWatch('show', as('ada'))).toBe(true)
  answers.set('ada', { refused: 'passphrase_needed' })
  await clock.advance(999)
  expect(await mayWatch('show', as('ada'))).toBe(true)
  await clock.advance(1)
  expect(await mayWatch('show', as('ada'))).toBe(false)
  answers.set('ada', {})
  for (const { revoked } of listeners) revoked()
  expect(await mayWatch('show', as('ada'))).toBe(true)
  answers.set('ada', { banned: true })
  for (const { missed } of listeners) missed()
  expect(await mayWatch('show', as('ada'))).toBe(false)
})

test('P42 a clock that steps back keeps no answer for longer', async () => {
  const { mayWatch, answers, clock } = world()
  expect(await mayWatch('show', as('ada'))).toBe(true)
  answers.set('ada', { banned: true })
  clock.step(-3_600_000)
  expect(await mayWatch('show', as('ada'))).toBe(false)
})

test('a question that failed is asked again', async () => {
  const { mayWatch, setAway } = world()
  setAway(true)
  await expect(mayWatch('show', as('ada'))).rejects.toThrow('away')
  setAway(false)
  expect(await mayWatch('show', as('ada'))).toBe(true)
})

test('P42 with the database away whoever was let in watches on, and nobody new comes in', async () => {
  const { mayWatch, answers, clock, setAway, listeners } = world()
  answers.set('banned', { banned: true })
  expect(await mayWatch('show', as('ada'))).toBe(true)
  expect(await mayWatch('show', as('banned'))).toBe(false)
  setAway(true)
  await clock.advance(60_000)
  expect(await mayWatch('show', as('ada'))).toBe(true)
  for (const who of ['banned', 'bob', null]) await expect(mayWatch('show', as(who))).rejects.toThrow('away')
  await clock.advance(1_000)
  setAway(false)
  expect(await mayWatch('show', as('banned'))).toBe(false)
  // A right that ended is the last that was heard: what was before it counts no longer.
  expect(await mayWatch('show', as('ada'))).toBe(true)
  for (const { revoked } of listeners) revoked()
  setAway(true)
  await expect(mayWatch('show', as('ada'))).rejects.toThrow('away')
})
