// `500x20` and its like: so many viewers, so many lines a second, said by some of the viewers.
import type { Reading } from './readings.ts'
import { gather, measure, pause, warmUp, withRun } from './run.ts'
import type { ServerName } from './target.ts'

const WARM_UP_SECONDS = 2
/** After the window: watching the loop costs CPU. */
const LOOP_SECONDS = 3

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
    const [loop] = await run.target.inside.loop(() => pause(Math.min(seconds, LOOP_SECONDS)))
    const more = { viewers, loopMax: loop.maxMs, loopP99: loop.p99Ms }
    return [{ workload, server, figures: { ...figures, ...more }, faults }]
  })
}
