// `storm`: a crowd is cut off, misses some lines and comes back at once, three times; meanwhile 20 others watch on.
import { merge, percentile, type Histogram } from './histogram.ts'
import type { Reading } from './readings.ts'
import { gather, measure, pause, withRun } from './run.ts'
import type { ServerName } from './target.ts'

const OTHERS = 20
const RATE = 5
const MISSED = 20
const ROUNDS = 3
const LEAST_SECONDS = 2
/** Lines that are under way arrive before everybody is cut off, so that nobody gets one twice. */
const SETTLE_SECONDS = 1

export function storm(server: ServerName, viewers: number, seconds: number): Promise<Reading[]> {
  return withRun(server, { viewers: viewers + OTHERS }, async (run) => {
    const { target, client } = run
    const others = await gather(run, target.places(OTHERS))
    const places = target.places(viewers)
    const crowd = await client.group(places)
    const before = target.spent().server
    const first = await client.connect(crowd)
    const joinCpu = target.spent().server - before
    if (first.failed > 0) throw new Error(`${first.failed} did not get in: ${first.why}`)
    await client.speak(others, RATE, 1)
    await pause(1)
    const quiet = await measure(run, [others], () => pause(seconds))

    const rates: number[] = []
    const faults = new Set<string>()
    let back: Histogram = []
    let heard: Histogram = []
    let loopMax = 0
    let backCpu = 0
    for (let round = 0; round < ROUNDS; round++) {
      await client.hush()
      await pause(SETTLE_SECONDS)
      await client.firsts(crowd, await target.comeBack(places))
      await client.cut(crowd)
      await client.speak(others, RATE, 1)
      await pause(MISSED / RATE)
      const least = pause(LEAST_SECONDS)
      const [loop, during] = await target.inside.loop(() =>
        measure(run, [others], async () => {
          const from = target.spent().server
          const { ready, failed, why, us, times } = await client.connect(crowd)
          backCpu += target.spent().server - from
          if (failed > 0) faults.add(`${failed} did not come back: ${why}`)
          rates.push(ready / (us / 1e6))
          back = merge(back, times)
          // Whoever is quick leaves no time for a line to be said.
          await least
        }),
      )
      heard = merge(heard, during.heard.times)
      loopMax = Math.max(loopMax, loop.maxMs)
      for (const fault of during.faults) faults.add(fault)
    }
    const median = rates.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN
    return [
      {
        workload: 'storm',
        server,
        figures: {
          viewers,
          joinPerSecond: first.ready / (first.us / 1e6),
          joinCpu: (joinCpu / first.ready) * 1e6,
          backPerSecond: median,
          backCpu: (backCpu / viewers / ROUNDS) * 1e6,
          backP99: percentile(back, 0.99),
          p99Without: quiet.figures.p99,
          p99: percentile(heard, 0.99),
          loopMax,
          resident: target.resident(),
          clientCore: quiet.figures.clientCore,
          othersCore: quiet.figures.othersCore,
        },
        faults: [...faults],
      },
    ]
  })
}
