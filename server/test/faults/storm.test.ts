// A reconnect storm, small enough for every run; `npm run faults -- --only F23` is the whole one.
import { describe, expect, test } from 'vitest'
import { noPostgres } from '../cluster.ts'
import { brokenBounds } from './storm-bounds.ts'
import { passStorm } from './storm-passes.ts'
import { storm } from './storm.ts'

describe.skipIf(noPostgres !== null)(
  `a storm${noPostgres === null ? '' : ` (skipped: ${noPostgres})`}`,
  () => {
    test(
      'F23 R26 C18 2,000 sockets come back to a restarted node, gapless, and the database reads each room once',
      { timeout: 120_000 },
      async () => {
        const result = await storm({ sockets: 2_000, streams: 5 })
        expect(brokenBounds(result)).toEqual([])
        expect(result.resumed).toBe(2_000)
        // The counting sees what there is: every room was opened once.
        expect(result.statements.rooms).toBeGreaterThanOrEqual(2 * 5)
        expect(result.acks.count).toBeGreaterThan(0)
      },
    )

    test(
      'F24 500 phones whose passes are over ask for new ones at once: some are told to wait, all are back',
      { timeout: 120_000 },
      async () => {
        const result = await passStorm({ sockets: 500, passesPerMinute: 235, withinMs: 90_000 })
        const { back, errors, complaints, counted } = result
        expect({ back, errors, complaints }).toEqual({ back: 500, errors: {}, complaints: {} })
        expect(counted).toMatchObject({ 'passes 200': 500, 'closed 4401': 250, dials: 750 })
        expect(counted['passes 429']).toBeGreaterThan(0)
      },
    )
  },
)
