// P44 as a property of bytes: whom a gate keeps out hears no difference, whatever goes on behind it, and whoever is
// inside hears none of who tries and who is let in.
import { env } from 'node:process'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WITNESSES, innerCourse, innerSecret, outerCourse, trySecret } from './gated-course.ts'
import { INWARD, OUTWARD } from './gated-leaks.ts'
import { keptOut, playGated } from './gated.ts'
import type { GatedRun } from './gated.ts'
import type { Witnessing } from './gated-course.ts'

const PAIRS = Math.ceil(Number(env['NONINTERFERENCE_PAIRS'] ?? 160) / 8)
const SEED = 20_261_122
const endOnFailure = env['NONINTERFERENCE_SHRINK'] === 'no'
const limit = { timeout: 60_000 + PAIRS * 2_000 }

/** How many bytes were compared. */
function compare(kinds: readonly Witnessing[], one: GatedRun, other: GatedRun): number {
  for (const kind of kinds) expect([kind, one.heard.get(kind)]).toEqual([kind, other.heard.get(kind)])
  return kinds.flatMap((kind) => one.heard.get(kind) ?? []).join('').length
}

test(`P44 P40 whom a gate keeps out hears nothing of what it guards: ${PAIRS} pairs`, limit, async () => {
  let [bytes, kept, entered, said, refused] = [0, 0, 0, 0, 0]
  await fc.assert(
    fc.asyncProperty(outerCourse, innerSecret, innerSecret, async (course, one, other) => {
      const runs = [await playGated(course, one), await playGated(course, other)] as const
      const out = keptOut(course)
      bytes += compare(out, ...runs)
      kept += out.length
      for (const run of runs) {
        entered += run.entered
        said += run.said
        refused += run.refused
      }
    }),
    { numRuns: PAIRS, seed: SEED, endOnFailure },
  )
  // Not in vain: most are kept out by all gates of their course, and behind them much goes on.
  expect(bytes).toBeGreaterThan(PAIRS * 40_000)
  expect(kept).toBeGreaterThan(PAIRS * 3)
  expect(entered).toBeGreaterThan(PAIRS / 2)
  expect(said).toBeGreaterThan(PAIRS * 2)
  expect(refused).toBeGreaterThan(PAIRS * 5)
})

test(`P44 P41 whoever is inside hears nothing of who tries to come in: ${PAIRS} pairs`, limit, async () => {
  let [bytes, entered, refused, welcomed] = [0, 0, 0, 0]
  await fc.assert(
    fc.asyncProperty(innerCourse, trySecret, trySecret, async (course, one, other) => {
      const runs = [await playGated(course, one), await playGated(course, other)] as const
      bytes += compare(WITNESSES, ...runs)
      for (const run of runs) {
        entered += run.entered
        refused += run.refused
        welcomed += run.welcomed
      }
    }),
    { numRuns: PAIRS, seed: SEED, endOnFailure },
  )
  expect(bytes).toBeGreaterThan(PAIRS * 100_000)
  expect(entered).toBeGreaterThan(PAIRS)
  expect(refused).toBeGreaterThan(PAIRS * 10)
  expect(welcomed).toBeGreaterThan(PAIRS)
})

const isEqual = (kinds: readonly Witnessing[], one: GatedRun, other: GatedRun) =>
  kinds.every((kind) => isDeepStrictEqual(one.heard.get(kind), other.heard.get(kind)))

test.each(Object.entries(OUTWARD))('P44 the first goes red when %s', limit, async (_, leak) => {
  const found = await fc.check(
    fc.asyncProperty(outerCourse, innerSecret, innerSecret, async (course, one, other) =>
      isEqual(keptOut(course), await playGated(course, one, leak()), await playGated(course, other, leak())),
    ),
    { numRuns: PAIRS, seed: SEED, endOnFailure: true },
  )
  expect(found.errorInstance).toEqual(new Error('Property failed by returning false'))
})

test.each(Object.entries(INWARD))('P44 the second goes red when %s', limit, async (_, leak) => {
  const found = await fc.check(
    fc.asyncProperty(innerCourse, trySecret, trySecret, async (course, one, other) =>
      isEqual(WITNESSES, await playGated(course, one, leak()), await playGated(course, other, leak())),
    ),
    { numRuns: PAIRS, seed: SEED, endOnFailure: true },
  )
  expect(found.errorInstance).toEqual(new Error('Property failed by returning false'))
})
