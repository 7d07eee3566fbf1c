// The short version of `npm run faults`: the most telling faults, with fewer people and for a shorter time.
import { describe, expect, test } from 'vitest'
import { noPostgres } from '../cluster.ts'
import { redisInstalled } from '../redis.ts'
import { CASES } from './catalogue.ts'

const TELLING = ['F1', 'F4', 'F6', 'F8', 'F18', 'F19']
const OPTIONS = {
  size: { clients: 40, streams: 2, publicPerSecond: 100, privatePerSecond: 25 },
  nodes: 3,
  seed: 1,
  scale: 0.15,
  timed: false,
}
const missing = noPostgres ?? (redisInstalled ? null : 'no redis-server on this machine')

describe.skipIf(missing !== null)(`faults${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  const telling = CASES.filter(({ id }) => TELLING.includes(id))
  test.each(telling)(
    'O11 nothing is lost, doubled or reordered: $id, $says',
    { timeout: 120_000 },
    async (fault) => {
      const row = await fault.row(OPTIONS)
      const { lost, duplicated, reordered, foreign, violations } = row
      expect({ lost, duplicated, reordered, foreign, violations }).toEqual({
        lost: 0,
        duplicated: 0,
        reordered: 0,
        foreign: 0,
        violations: [],
      })
      expect(row.acked).toBeGreaterThan(100)
    },
  )
})
