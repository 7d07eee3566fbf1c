// `slow`: some of the viewers stop reading. What do the others notice?
import type { Reading } from './readings.ts'
import { gather, measure, pause, withRun } from './run.ts'
import { speakersFor } from './steady.ts'
import type { ServerName } from './target.ts'

const STOPPED = 1 / 20
const RATE = 50
const WARM_UP_SECONDS = 2
/** The kernel takes some 100 KB for somebody who does not read, however small the buffers are set. */
const FILL_SECONDS = 6

export function slow(server: ServerName, viewers: number, seconds: number): Promise<Reading[]> {
  return withRun(server, { viewers }, async (run) => {
    const { target, client } = run
    const stopping = Math.ceil(viewers * STOPPED)
    const reading = await gather(run, target.places(viewers - stopping))
    const stopped = await gather(run, { ...target.places(stopping), small: true })
    await client.speak(reading, RATE, speakersFor({ viewers, rate: RATE }))
    await pause(WARM_UP_SECONDS)
    const without = await measure(run, [reading], () => pause(seconds))
    await client.mute(stopped)
    await pause(FILL_SECONDS)
    const { figures, faults } = await measure(run, [reading], () => pause(seconds))
    return [
      { workload: 'slow', server, figures: { ...figures, viewers, p99Without: without.figures.p99 }, faults },
    ]
  })
}
