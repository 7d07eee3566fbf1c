// Whole worlds under one clock and one seed: real clients, real nodes, and everything between them failing.
// `FUZZ_SEED=7` plays one and tells what happened, `FUZZ_ROUNDS=5000` plays many.
import { expect, test } from 'vitest'
import { play } from './run.ts'

const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 100)
const ONLY = process.env['FUZZ_SEED']

test('L3 M3 C2 C3 C10 whatever fails, everybody ends with every log whole, in order, once', async () => {
  const seeds = ONLY ? [Number(ONLY)] : Array.from({ length: ROUNDS }, (_, i) => i + 1)
  const failed: string[] = []
  for (const seed of seeds) {
    const wrongs = await play(seed, ONLY ? (line) => console.log(line) : undefined)
    if (wrongs.length > 0) failed.push(`seed ${seed}: ${wrongs.slice(0, 5).join('\n    ')}`)
  }
  expect(failed).toEqual([])
}, 600_000)
