import { expect, test } from 'vitest'
import { stretch } from '../../test/media/packets.ts'
import { createRelayWorld } from '../../test/media/relay-world.ts'

test('V40 reports over HTTP at any node are in the spread, which every node tells the host', async () => {
  const { node, quiet, wires, clock } = createRelayWorld()
  const [a, b, c] = [node('A'), node('B'), node('C')]
  const studio = a.studio()
  await studio.letIn()
  const play = (ms: number) => studio.play(stretch(clock.now(), ms))
  await play(2_500)
  // Nobody watches at this node but by HLS.
  const reported = b.video.delays.report('S', 'bob', 6_000, false)
  await quiet()
  await reported
  const here = a.video.delays.report('S', 'ada', 2_000, false)
  await quiet()
  await here
  await play(5_000)
  const whole = { min: 2_000, p50: 6_000, p95: 6_000, max: 6_000, samples: 2 }
  expect(studio.heard().findLast((one) => one.t === 'stats')).toMatchObject({ latencyMs: whole })
  const before = wires.length
  for (const each of [a, b, c]) {
    const asked = each.video.delays.spread('S', false)
    await quiet()
    expect(await asked).toEqual(whole)
  }
  // A question is no reason to pull.
  expect(wires.slice(before).map(({ from }) => from)).toHaveLength(2)
  a.kill()
  const asked = b.video.delays.spread('S', false)
  await quiet()
  expect(await asked).toEqual({ ...whole, min: 6_000, samples: 1 })
})
