// `slow`: some of the viewers stop reading. What do the others notice?
import type { Reading } from './readings.ts'
import { gather, measure, pause, warmUp, withRun } from './run.ts'
import { speakersFor } from './steady.ts'
import type { ServerName } from './target.ts'

const STOPPED = 1 / 20
const RATE = 50
const WARM_UP_SECONDS = 2
/** The kernel takes 530 KB for somebody who does not read, although the buffers were asked to be small: until that is
 * full nobody is slow. A minute of talk at the measured rate, in seven seconds. */
const FILL_RATE = 500
const FILL_SECONDS = 7
const CALM_SECONDS = 0.5

export function slow(server: ServerName, viewers: number, seconds: number): Promise<Reading[]> {
  return withRun(server, { viewers }, async (run) => {
    const { target, client } = run
    await warmUp(run)
    const stopping = Math.ceil(viewers * STOPPED)
    const reading = await gather(run, target.places(viewers - stopping))
    const stopped = await gather(run, { ...target.places(stopping), small: true })
    const speakers = speakersFor({ viewers, rate: RATE })
    await client.speak(reading, RATE, speakers)
    await pause(WARM_UP_SECONDS)
    const without = await measure(run, [reading], () => pause(seconds))
    await client.mute(stopped)
    await client.speak(reading, FILL_RATE, speakers)
    await pause(FILL_SECONDS)
    await client.hush()
    // What a busy machine has not said yet is not what the slow ones cost.
    while ((await measure(run, [reading], () => pause(CALM_SECONDS))).heard.arrived > 0);
    await client.speak(reading, RATE, speakers)
    await pause(WARM_UP_SECONDS)
    const { figures, faults } = await measure(run, [reading], () => pause(seconds))
    return [
      { workload: 'slow', server, figures: { ...figures, viewers, p99Without: without.figures.p99 }, faults },
    ]
  })
}
