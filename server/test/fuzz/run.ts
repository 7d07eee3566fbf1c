// One fuzzed world from its seed to its verdict: the same seed gives the same world, to the last frame.
import { choose, createDeeds } from './acts.ts'
import { createCast } from './cast.ts'
import { idle, settled, stretches, written } from './invariants.ts'
import { createWorld } from './world.ts'

const STEPS = 120
const CHECK_EVERY = 10

/** What went wrong, in words; empty when nothing did. */
export async function play(seed: number, trace: (line: string) => void = () => undefined): Promise<string[]> {
  const world = createWorld(seed)
  const { dice, clock, wrongs } = world
  const cast = createCast(world)
  const deeds = createDeeds(world, cast)
  await cast.remember()
  cast.enter()
  trace(JSON.stringify(world.weather))
  for (let step = 0; step < STEPS && wrongs.length === 0; step++) {
    const seat = dice.pick(cast.seats)
    const deed = choose(world, deeds)
    trace(
      `${step} ${clock.now() % 10_000_000} ${seat?.name ?? ''}@${seat?.stream.slug ?? ''} ${deed?.name ?? ''}`,
    )
    if (seat && !seat.page && dice.chance(0.3)) cast.open(seat)
    if (seat?.page && !seat.page.life.frozen()) deed?.run(seat, seat.page)
    await clock.advance(deed?.takesMs ?? dice.wait(dice.chance(0.1) ? 30_000 : 1_000))
    if (step % CHECK_EVERY === 0) wrongs.push(...(await stretches(world, cast)))
  }
  if (wrongs.length > 0) return wrongs
  for (const phase of ['calmDown', 'speakOnce'] as const) {
    await cast[phase]()
    wrongs.push(...(await stretches(world, cast)), ...(await settled(world, cast)), ...written(world, cast))
    if (wrongs.length > 0) return wrongs
  }
  await cast.everybodyLeaves()
  wrongs.push(...idle(cast))
  return wrongs
}
