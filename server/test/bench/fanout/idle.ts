// `idle`: what 10,000 viewers cost who watch a stream in which nobody speaks.
import type { Reading } from './readings.ts'
import { gather, pause, withRun } from './run.ts'
import type { ServerName } from './target.ts'

const WARM_UP = 200
const SETTLE_SECONDS = 2

export function idle(server: ServerName, viewers: number, seconds: number): Promise<Reading[]> {
  return withRun(server, { viewers: viewers + WARM_UP }, async (run) => {
    const { target, client } = run
    // Code that was never run before is compiled first, which is not what a viewer costs.
    const early = await gather(run, target.places(WARM_UP))
    await client.cut(early)
    await pause(SETTLE_SECONDS)
    const before = target.resident()
    const heldBefore = await target.inside.heap()

    const crowd = await client.group(target.places(viewers))
    const { ready, us, failed, why } = await client.connect(crowd)
    if (failed > 0) throw new Error(`${failed} did not get in: ${why}`)
    await pause(SETTLE_SECONDS)
    await client.begin([crowd])
    const from = target.spent()
    await pause(seconds)
    const to = target.spent()
    const { measured } = await client.end()
    const after = target.resident()
    const held = await target.inside.heap()
    const { closed, closedWith, cpu } = await measured
    return [
      {
        workload: 'idle',
        server,
        figures: {
          viewers: ready,
          perViewer: (after - before) / ready,
          heldPerViewer: (held - heldBefore) / ready,
          resident: after,
          idleCore: (to.server - from.server) / (to.at - from.at),
          joinPerSecond: ready / (us / 1e6),
          clientCore: cpu / seconds,
        },
        faults: closed > 0 ? [`${closed} connections lost: ${closedWith}`] : [],
      },
    ]
  })
}
