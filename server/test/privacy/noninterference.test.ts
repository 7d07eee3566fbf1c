// P34 as a property of bytes: what everybody else hears and is answered is the same whatever bob and the host tell each
// other in private, how often, how fast, and whether at all.
import { env } from 'node:process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { publicCourse, secretCourse } from './course.ts'
import { LEAKS } from './leaks.ts'
import { WITNESSES, observe } from './observe.ts'

const PAIRS = Number(env['NONINTERFERENCE_PAIRS'] ?? 160)
const SEED = 20_261_121
/** To know that there is a difference is enough for some: the smallest course that shows it takes far longer. */
const endOnFailure = env['NONINTERFERENCE_SHRINK'] === 'no'

test(
  `P34 P1 P8 no byte of anybody else’s depends on what is whispered: ${PAIRS} pairs`,
  { timeout: 60_000 + PAIRS * 1_000 },
  async () => {
    let [pairs, bytes, secrets, unequal, publics, held] = [0, 0, 0, 0, 0, 0]
    await fc.assert(
      fc.asyncProperty(publicCourse, secretCourse, secretCourse, async (course, one, other) => {
        const [a, b] = [await observe(course, one), await observe(course, other)]
        for (const kind of WITNESSES) {
          const [here, there] = [a.heard[kind], b.heard[kind]]
          if (here.hash !== there.hash) expect([kind, here.lines]).toEqual([kind, there.lines])
          bytes += here.lines.join('').length
        }
        pairs += 1
        secrets += a.secrets + b.secrets
        unequal += a.secrets === b.secrets ? 0 : 1
        publics += a.publics
        held += a.held
      }),
      { numRuns: PAIRS, seed: SEED, endOnFailure },
    )
    expect(pairs).toBeGreaterThanOrEqual(PAIRS)
    expect(bytes).toBeGreaterThan(PAIRS * 20_000)
    // Not in vain: much was said in secret, mostly not as often on both sides, and much in public.
    expect(secrets).toBeGreaterThan(PAIRS * 5)
    expect(unequal).toBeGreaterThan(PAIRS / 2)
    expect(publics).toBeGreaterThan(PAIRS)
    expect(held).toBeGreaterThan(PAIRS / 20)
  },
)

test.each(Object.entries(LEAKS))(
  'P34 the same test goes red when %s',
  { timeout: 120_000 },
  async (_, leak) => {
    const found = await fc.check(
      fc.asyncProperty(publicCourse, secretCourse, secretCourse, async (course, one, other) => {
        const [a, b] = [await observe(course, one, leak()), await observe(course, other, leak())]
        return WITNESSES.every((kind) => a.heard[kind].hash === b.heard[kind].hash)
      }),
      { numRuns: PAIRS, seed: SEED, endOnFailure: true },
    )
    expect(found.failed).toBe(true)
  },
)
