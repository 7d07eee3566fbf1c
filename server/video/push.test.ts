import { expect, test } from 'vitest'
import { stretch } from '../test/media/packets.ts'
import { createVideoWorld } from '../test/media/world.ts'

test('nobody watches without saying so within five seconds', async () => {
  const world = createVideoWorld()
  const line = world.dial(world.video.endpoints.push)
  await world.clock.advance(4_999)
  expect(line.closed).toBeUndefined()
  await world.clock.advance(1)
  expect(line.closed?.code).toBe(4401)
})

test.each([
  ['no JSON', (raw: (frame: string) => void) => raw('watch')],
  ['an array', (raw: (frame: string) => void) => raw('[]')],
  ['another command', (raw: (frame: string) => void) => raw('{"t":"latency","ms":1}')],
  ['a pass that is no text', (raw: (frame: string) => void) => raw('{"t":"watch","pass":7}')],
  [
    'a pass of 10 KB',
    (raw: (frame: string) => void) => raw(JSON.stringify({ t: 'watch', pass: 'x'.repeat(10_000) })),
  ],
])('what is not `watch` closes with 4400: %s', (_, say) => {
  const world = createVideoWorld()
  const line = world.dial(world.video.endpoints.push)
  say((frame) => line.raw(frame))
  expect(line.closed?.code).toBe(4400)
})

test('binary and a second `watch` close with 4400', async () => {
  const world = createVideoWorld()
  const viewer = await world.viewer()
  viewer.line.text({ t: 'watch', pass: 'again' })
  expect(viewer.line.closed?.code).toBe(4400)
  const other = await world.viewer('S', 'bob')
  other.line.binary(new Uint8Array(1))
  expect(other.line.closed?.code).toBe(4400)
})

test('a pass that is unknown or expired, or a person who may not watch, closes with 4401', async () => {
  const world = createVideoWorld()
  const dial = async (pass: string) => {
    const line = world.dial(world.video.endpoints.push)
    line.text({ t: 'watch', pass })
    await world.clock.advance(0)
    return line.closed?.code
  }
  const claims = { principal: 'ada', session: 's', stream: 'S', expiresAt: world.clock.now() }
  world.passes.set('old', claims)
  world.passes.set('good', { ...claims, expiresAt: world.clock.now() + 1 })
  expect([await dial('unknown'), await dial('old')]).toEqual([4401, 4401])
  world.access.mayWatch = false
  expect(await dial('good')).toBe(4401)
  world.access.mayWatch = true
  expect(await dial('good')).toBeUndefined()
})

test('a socket that closes while its pass is read gets nothing', async () => {
  const world = createVideoWorld()
  world.passes.set('p', { principal: 'ada', session: 's', stream: 'S', expiresAt: world.clock.now() + 1_000 })
  const line = world.dial(world.video.endpoints.push)
  line.text({ t: 'watch', pass: 'p' })
  line.drop()
  await world.clock.advance(10_000)
  expect([line.frames, line.closed]).toEqual([[], undefined])
})

test('C6 ending a session closes its push sockets, ending all others spares the one that asked', async () => {
  const world = createVideoWorld()
  const [a, b, c] = [
    await world.viewer('S', 'ada', 'phone'),
    await world.viewer('S', 'ada', 'laptop'),
    await world.viewer('S', 'bob', 'phone'),
  ]
  const codes = () => [a, b, c].map(({ line }) => line.closed?.code)
  world.revoke('ada', { kind: 'session', except: 'laptop' })
  expect(codes()).toEqual([4401, undefined, undefined])
  world.revoke('ada', { kind: 'session', session: 'other' })
  expect(codes()).toEqual([4401, undefined, undefined])
  world.revoke('ada', { kind: 'session' })
  expect(codes()).toEqual([4401, 4401, undefined])
})

test('C11 a ban closes the push sockets of that stream with 4403, a changed role none', async () => {
  const world = createVideoWorld()
  const [here, there, bob] = [
    await world.viewer('S', 'ada'),
    await world.viewer('other', 'ada'),
    await world.viewer('S', 'bob'),
  ]
  const codes = () => [here, there, bob].map(({ line }) => line.closed?.code)
  world.revoke('ada', { kind: 'role', stream: 'S' })
  expect(codes()).toEqual([undefined, undefined, undefined])
  world.revoke('ada', { kind: 'ban', stream: 'S' })
  expect(codes()).toEqual([4403, undefined, undefined])
  world.missRevocations()
  expect(codes()).toEqual([4403, 4401, 4401])
})

test('C6 a notice that was lost costs minutes: the right is looked up again', async () => {
  const world = createVideoWorld()
  const viewer = await world.viewer()
  await world.clock.advance(299_000)
  expect(viewer.line.closed).toBeUndefined()
  await world.clock.advance(2_000)
  expect(viewer.line.closed).toBeUndefined()
  world.access.mayWatch = false
  await world.clock.advance(300_000)
  expect(viewer.line.closed?.code).toBe(4401)
  expect(world.clock.timers()).toBe(0)
})

test('states are told as they change, from `idle` on', async () => {
  const world = createVideoWorld()
  const viewer = await world.viewer()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 2_000))
  studio.line.drop()
  await world.clock.advance(31_000)
  expect(viewer.heard().flatMap((one) => (one.t === 'state' ? [one.state] : []))).toEqual([
    'idle',
    'connecting',
    'live',
    'reconnecting',
    'ended',
  ])
})

test('what viewers report of their delay reaches the studio; what cannot be does not', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  const viewers = await Promise.all(['a', 'b', 'c'].map((name) => world.viewer('S', name)))
  for (const [i, { line }] of viewers.entries()) line.text({ t: 'latency', ms: [600, 700, -5][i] })
  await studio.play(stretch(world.clock.now(), 2_100))
  expect(studio.heard().findLast((one) => one.t === 'stats')).toMatchObject({
    viewers: 7,
    latencyMs: { p50: 700, p95: 700, samples: 2 },
  })
  viewers[0]?.line.drop()
  await studio.play(stretch(world.clock.now(), 2_100))
  expect(studio.heard().findLast((one) => one.t === 'stats')).toMatchObject({ latencyMs: { samples: 1 } })
})

test('reports without end close the socket', async () => {
  const world = createVideoWorld()
  const viewer = await world.viewer()
  for (let i = 0; i < 20; i++) viewer.line.text({ t: 'latency', ms: i })
  expect(viewer.line.closed?.code).toBe(4429)
})

test('O5 no pass reaches the log', async () => {
  const world = createVideoWorld()
  await world.viewer()
  world.studio()
  for (const pass of world.passes.keys()) expect(world.logged.join()).not.toContain(pass)
})

test('P42 a gate that changed closes the push sockets of those alone who may watch no longer', async () => {
  const world = createVideoWorld()
  const [here, there] = [await world.viewer('S', 'ada'), await world.viewer('other', 'bob')]
  const codes = () => [here, there].map(({ line }) => line.closed?.code)
  world.revoke(null, { kind: 'gate', stream: 'S' })
  await world.clock.advance(0)
  expect(codes()).toEqual([undefined, undefined])
  world.access.mayWatch = false
  world.revoke(null, { kind: 'gate', stream: 'S' })
  await world.clock.advance(0)
  expect(codes()).toEqual([4401, undefined])
})

test('P42 a moderator who is one no longer leaves a stream whose gate lets viewers wait', async () => {
  const world = createVideoWorld()
  const { line } = await world.viewer('S', 'ada')
  world.access.mayWatch = false
  world.revoke('ada', { kind: 'role', stream: 'S' })
  await world.clock.advance(0)
  expect(line.closed?.code).toBe(4401)
})
