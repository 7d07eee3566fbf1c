// `growth`: what a delivery costs as the room fills, and how late it is as the stream's history grows.
import type { Reading } from './readings.ts'
import { gather, measure, pause, warmUp, withRun } from './run.ts'
import { speakersFor } from './steady.ts'
import type { ServerName } from './target.ts'

export const SIZES = [500, 1_000, 2_000, 5_000, 10_000]
export const HISTORIES = [0, 10_000, 100_000]
const RATE = 20
const HISTORY_VIEWERS = 1_000
const WARM_UP_SECONDS = 2

/** Points `500 viewers`, ...: one room that fills. */
export function growth(server: ServerName, seconds: number): Promise<Reading[]> {
  return withRun(server, { viewers: Math.max(...SIZES) }, async (run) => {
    const { target, client } = run
    await warmUp(run)
    const groups: number[] = []
    const readings: Reading[] = []
    for (const [i, viewers] of SIZES.entries()) {
      groups.push(await gather(run, target.places(viewers - (SIZES[i - 1] ?? 0))))
      await client.speak(groups[0]!, RATE, speakersFor({ viewers, rate: RATE }))
      await pause(WARM_UP_SECONDS)
      const { figures, faults } = await measure(run, groups, () => pause(seconds))
      await client.hush()
      const point = `${viewers} viewers`
      readings.push({ workload: 'growth', server, point, figures: { ...figures, viewers }, faults })
    }
    return readings
  })
}

/** Points `history 0`, ...: one stream after the other. */
export function growthOfHistory(server: ServerName, seconds: number): Promise<Reading[]> {
  return withRun(server, { viewers: HISTORY_VIEWERS, histories: HISTORIES }, async (run) => {
    const { target, client } = run
    await warmUp(run)
    const readings: Reading[] = []
    for (const history of HISTORIES) {
      const group = await gather(run, target.places(HISTORY_VIEWERS, history))
      await client.speak(group, RATE, speakersFor({ viewers: HISTORY_VIEWERS, rate: RATE }))
      await pause(WARM_UP_SECONDS)
      const { figures, faults } = await measure(run, [group], () => pause(seconds))
      await client.hush()
      await client.cut(group)
      const at = { viewers: HISTORY_VIEWERS, history }
      const point = `history ${history}`
      readings.push({ workload: 'growth', server, point, figures: { ...figures, ...at }, faults })
    }
    return readings
  })
}
