// One seeded source for everything that happens by chance in a fuzzed world, and the weather it is played in:
// each seed has its own mix of faults, because a world with all of them at once hides what one alone would show.
import { createSeededRandom } from '../random.ts'

export type Dice = ReturnType<typeof createDice>

export function createDice(seed: number) {
  const random = createSeededRandom(seed)
  return {
    ...random,
    chance: (probability: number) => random.fraction() < probability,
    pick: <T>(from: readonly T[]): T | undefined => from[random.below(from.length)],
    /** Mostly short, sometimes nearly `max`: waits on a network look like this. */
    wait: (max: number) => Math.floor(random.fraction() ** 3 * max),
  }
}

/** Chances are per call, frame or notice; times in ms. */
export type Weather = {
  lag: number
  database: { late: number; fails: number }
  bus: { lost: number; late: number; twice: number }
  /** Chance of a fault among the acts of a run. */
  lines: number
  nodes: number
  outages: number
  pages: number
  passMs: number
  slow: boolean
  bursts: boolean
  /** Entries in the room and in one thread before anybody comes. */
  history: number
  /** Listeners that say nothing, so that rooms coalesce what they send. */
  idle: number
}

export function weatherOf(dice: Dice): Weather {
  const often = (some: number) => (dice.chance(0.6) ? dice.fraction() * some : 0)
  return {
    lag: dice.pick([0, 20, 200, 2_000]) ?? 0,
    database: { late: dice.pick([0, 20, 200, 3_000]) ?? 0, fails: often(0.05) },
    bus: { lost: often(1), late: dice.pick([0, 50, 3_000]) ?? 0, twice: often(0.3) },
    lines: often(1),
    nodes: often(0.5),
    outages: often(0.4),
    pages: often(1),
    passMs: dice.pick([70_000, 120_000, 600_000]) ?? 0,
    slow: dice.chance(0.3),
    bursts: dice.chance(0.4),
    history: dice.chance(0.3) ? dice.below(700) : 0,
    idle: dice.chance(0.08) ? 120 : 0,
  }
}
