import { expect, test } from 'vitest'
import type { Log } from '../app/ports.ts'
import { settle } from '../test/clock.ts'
import { createTally } from './tally.ts'

const log: Log = { info: () => undefined, warn: () => undefined, fault: () => 'id' }

/** A journal whose writes end when the test says so. */
function setUp() {
  const writes: { total: number; end: () => void; fail: () => void }[] = []
  const tally = createTally(
    {
      tally: (rows) =>
        new Promise((resolve, reject) => {
          const total = rows.reduce((sum, { count }) => sum + count, 0)
          writes.push({ total, end: resolve, fail: () => reject(new Error('away')) })
        }),
    },
    log,
  )
  return { tally, writes }
}

test('N2 whoever flushes while a write is under way waits for it, and the next takes what came since', async () => {
  const { tally, writes } = setUp()
  tally.add('s', '🔥', 0)
  const first = tally.flush()
  tally.add('s', '🔥', 1_500)
  let waited = false
  const second = tally.flush().then(() => (waited = true))
  await settle()
  expect([waited, writes.length]).toEqual([false, 1])
  writes[0]!.end()
  await Promise.all([first, second])
  const third = tally.flush()
  writes[1]!.end()
  await third
  expect(writes.map(({ total }) => total)).toEqual([1, 1])
  expect(tally.unwritten('s')).toEqual({})
})

test('N2 what could not be written is written with the next', async () => {
  const { tally, writes } = setUp()
  tally.add('s', '🔥', 0)
  const failing = tally.flush()
  writes[0]!.fail()
  await failing
  tally.add('s', '🔥', 0)
  expect(tally.unwritten('s')).toEqual({ '🔥': 2 })
  const again = tally.flush()
  writes[1]!.end()
  await again
  expect(writes[1]!.total).toBe(2)
})
