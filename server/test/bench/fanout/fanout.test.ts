// The bench itself, tiny, so that it cannot rot: real servers, the compiled load client, no figure judged.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noCompiler } from './client.ts'
import { drawPlots } from './plots.ts'
import { gather, measure, pause, withRun, type Measured } from './run.ts'
import { steady } from './steady.ts'
import type { ServerName } from './target.ts'

const PEERS = ['uws', 'ws', 'socket.io', 'socket.io on uWS'] as const

describe.skipIf(noCompiler !== null)(`the fan-out bench (without cc: ${noCompiler ?? 'it is here'})`, () => {
  test('a window of a steady load has every figure of its table', async () => {
    const [reading] = await steady('20x5', 'uws', 1)
    expect(reading).toMatchObject({
      server: 'uws',
      faults: [],
      figures: { share: 1, viewers: 20, bytes: 204 },
    })
    const lacking = Object.entries(reading?.figures ?? {}).filter(([, value]) => !Number.isFinite(value))
    expect(lacking).toEqual([])
  })

  test.each(PEERS)('%s hands what one says to all', async (server) => {
    const delivered = await withRun(server, { viewers: 5 }, async (run) => {
      const group = await gather(run, run.target.places(5))
      await run.client.speak(group, 50, 2)
      const { heard, faults } = await measure(run, [group], () => pause(0.5))
      return { ...heard, faults }
    })
    expect(delivered.faults).toEqual([])
    expect(delivered.delivered).toBe(delivered.expected)
    expect(delivered.sent).toBeGreaterThan(10)
  })

  test('everybody hears every line in order; who comes back to Stagedoor gets what was missed, too', async () => {
    const stagedoor = await cutOff('stagedoor')
    expect(stagedoor.before).toMatchObject({
      faults: [],
      heard: { delivered: stagedoor.before.heard.expected },
    })
    expect(stagedoor.before.figures.bytes).toBeGreaterThan(200)
    expect(stagedoor.after).toMatchObject({ faults: [], heard: { gaps: 0, doubles: 0, late: 0 } })
    expect(stagedoor.after.heard.delivered).toBeGreaterThan(50)
    // The same eyes see a hole where there is one.
    const uws = await cutOff('uws')
    expect(uws.before).toMatchObject({ faults: [], heard: { delivered: uws.before.heard.expected } })
    expect(uws.after.heard.gaps).toBeGreaterThan(50)
  }, 90_000)

  test('readings become pictures', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stagedoor-plots-'))
    const figures = { p99: 10, cpuPerMillion: 2, p50: 5 }
    const files = await drawPlots(
      [
        { workload: '20x5', server: 'uws', figures, faults: [] },
        {
          workload: 'growth',
          server: 'uws',
          point: '5 viewers',
          figures: { ...figures, viewers: 5 },
          faults: [],
        },
      ],
      folder,
    )
    rmSync(folder, { recursive: true })
    expect(files.map((file) => file.slice(folder.length + 1)).sort()).toEqual([
      'cpu-per-million.svg',
      'growth-cpu.svg',
      'growth-latency.svg',
      'p99.svg',
    ])
  })
})

/** Forty lines a second for half a second each: to all, then to one while five are away, then to all. */
function cutOff(server: ServerName): Promise<Record<'before' | 'after', Measured>> {
  return withRun(server, { viewers: 6 }, async (run) => {
    const { target, client } = run
    const others = await gather(run, target.places(1))
    const places = target.places(5)
    const crowd = await gather(run, places)
    const groups = [others, crowd]
    await client.speak(others, 40, 1)
    const before = await measure(run, groups, () => pause(0.5))
    await client.hush()
    await measure(run, groups, () => pause(0.1))
    await client.firsts(crowd, await target.comeBack(places))
    await client.cut(crowd)
    await client.speak(others, 40, 1)
    await measure(run, [others], () => pause(0.5))
    const after = await measure(run, groups, async () => {
      await client.connect(crowd)
      await pause(0.5)
    })
    return { before, after }
  })
}
