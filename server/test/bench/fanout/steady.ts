// `500x20` and its like: so many viewers, so many lines a second, said by some of the viewers.
import type { Reading } from './readings.ts'
import { gather, measure, pause, warmUp, withRun, type Run } from './run.ts'
import type { ServerName } from './target.ts'

const WARM_UP_SECONDS = 2
/** After the window: watching the loop costs CPU. */
const LOOP_SECONDS = 3
/** A server that falls behind takes up in each turn what came during the one before: turns grow without end, and it
 * answers no question about them. */
const SUSTAINED = 0.99
const NO_LOOP = { loopMax: NaN, loopP99: NaN }

export type Steady = { viewers: number; rate: number }

/** Null for what is no such name. */
export function parseSteady(name: string): Steady | null {
  const [, viewers, rate] = /^([1-9]\d*)x([1-9]\d*)$/.exec(name) ?? []
  return viewers && rate ? { viewers: Number(viewers), rate: Number(rate) } : null
}

/** A person says about five lines a second at most; the load client knows 16 speakers. */
export const speakersFor = ({ viewers, rate }: Steady): number =>
  Math.min(16, viewers, Math.max(1, Math.round(rate / 5)))

export function steady(workload: string, server: ServerName, seconds: number): Promise<Reading[]> {
  const wanted = parseSteady(workload)
  if (!wanted) throw new Error(`${workload} is no workload`)
  const { viewers, rate } = wanted
  return withRun(server, { viewers }, async (run) => {
    await warmUp(run)
    const group = await gather(run, run.target.places(viewers))
    await run.client.speak(group, rate, speakersFor(wanted))
    await pause(WARM_UP_SECONDS)
    const { figures, faults } = await measure(run, [group], () => pause(seconds))
    const more = { viewers, ...(figures.share >= SUSTAINED ? await loopOf(run, seconds) : NO_LOOP) }
    return [{ workload, server, figures: { ...figures, ...more }, faults }]
  })
}

async function loopOf({ target }: Run, seconds: number): Promise<typeof NO_LOOP> {
  const [loop] = await target.inside.loop(() => pause(Math.min(seconds, LOOP_SECONDS)))
  return { loopMax: loop.maxMs, loopP99: loop.p99Ms }
}
