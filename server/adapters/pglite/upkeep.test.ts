import { expect, test } from 'vitest'
import { startUpkeep } from './upkeep.ts'

/** A clock that holds the one thing that is due. */
function handClock() {
  const due: { ms: number; fn: () => void }[] = []
  return {
    now: () => 0,
    after(ms: number, fn: () => void) {
      due.push({ ms, fn })
      return () => void due.splice(0)
    },
    due,
  }
}
const settled = () => new Promise((done) => setImmediate(done))

test('a checkpoint every five minutes, a vacuum every six hours, a failure in between changes nothing', async () => {
  const clock = handClock()
  const [ran, faults]: [string[], string[]] = [[], []]
  const run = (sql: string) => (
    ran.push(sql),
    ran.length === 3 ? Promise.reject(new Error('away')) : Promise.resolve()
  )
  startUpkeep(run, { clock, log: { fault: (where) => (faults.push(where), 'id') } })
  for (let round = 1; round <= 144; round++) {
    const [next] = clock.due.splice(0)
    expect(next?.ms).toBe(300_000)
    next?.fn()
    await settled()
  }
  expect(ran.flatMap((sql, index) => (sql === 'checkpoint' ? [] : [[index + 1, sql]]))).toEqual([
    [72, 'vacuum (analyze)'],
    [144, 'vacuum (analyze)'],
  ])
  expect(faults).toEqual(['database upkeep'])
})

test('once ended nothing is scheduled, not even by what still runs', async () => {
  const clock = handClock()
  const end = startUpkeep(() => Promise.resolve(), { clock, log: { fault: () => 'id' } })
  const [running] = clock.due.splice(0)
  running?.fn()
  end()
  await settled()
  expect(clock.due).toEqual([])
})
