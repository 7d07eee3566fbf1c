import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeConfig, encodePacket } from '../../shared/media.ts'
import { AAC, AVC, picture, sound, stretch } from '../test/media/packets.ts'
import { createVideoWorld } from '../test/media/world.ts'

function dial(world = createVideoWorld()) {
  const line = world.dial(world.video.endpoints.ingest)
  const refused = () => {
    const frame = line.texts().find((one) => (one as { t: string }).t === 'refused')
    return (frame as { reason: string; says: string } | undefined)?.reason
  }
  return { world, line, refused }
}

test('V2 the first frame is `publish` with a grant that holds, within five seconds', async () => {
  const silent = dial()
  await silent.world.clock.advance(5_000)
  expect([silent.refused(), silent.line.closed?.code]).toEqual(['grant', 4401])

  const guessing = dial()
  guessing.line.text({ t: 'publish', grant: 'guess' })
  expect([guessing.refused(), guessing.line.closed?.code]).toEqual(['grant', 4401])

  const { world, line } = dial()
  const { grant } = world.video.grants.issue('S')
  line.text({ t: 'publish', grant })
  expect(line.frames).toEqual([
    { t: 'state', state: 'connecting' },
    { t: 'go', streamId: 'S', resumed: false },
  ])
  const again = dial(world)
  again.line.text({ t: 'publish', grant })
  expect(again.refused()).toBe('grant')
})

test.each([
  ['media first', (line: ReturnType<typeof dial>['line']) => line.binary(encodePacket(picture(0, true)))],
  ['a clock first', (line: ReturnType<typeof dial>['line']) => line.text({ t: 'clock', sent: 1 })],
  ['no JSON', (line: ReturnType<typeof dial>['line']) => line.raw('publish')],
  ['null', (line: ReturnType<typeof dial>['line']) => line.raw('null')],
])('V6 refused as malformed: %s', (_, say) => {
  const { line, refused } = dial()
  say(line)
  expect([refused(), line.closed?.code]).toEqual(['malformed', 4400])
})

test('V2 a second publisher is refused while the first one sends', async () => {
  const world = createVideoWorld()
  const first = world.studio()
  await first.play(stretch(world.clock.now(), 2_000))
  const second = world.studio()
  expect(second.refusal()?.reason).toBe('already_live')
  await first.play(stretch(world.clock.now(), 1_000))
  expect(first.line.closed).toBeUndefined()
})

test('V3 a line that died without a word gives way to the same host on a new one', async () => {
  const world = createVideoWorld()
  const first = world.studio()
  await first.play(stretch(world.clock.now(), 2_000))
  await world.clock.advance(2_600)
  const second = world.studio()
  expect(second.heard()).toContainEqual({ t: 'go', streamId: 'S', resumed: true })
  expect(first.refusal()?.reason).toBe('already_live')
  await second.play(stretch(world.clock.now(), 1_500))
  expect(world.video.provider.playback('S').state).toBe('live')
})

test('clock questions are answered with our time', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await world.clock.advance(40)
  studio.line.text({ t: 'clock', sent: 123.5 })
  expect(studio.heard().at(-1)).toEqual({ t: 'clock', sent: 123.5, server: world.clock.now() })
})

test.each([
  ['a clock without a time', { t: 'clock' }],
  ['a clock that is text', { t: 'clock', sent: '1' }],
  ['publish again', { t: 'publish', grant: 'x' }],
  ['an unknown word', { t: 'constructor' }],
])('V6 refused while publishing: %s', (_, frame) => {
  const studio = createVideoWorld().studio()
  studio.line.text(frame)
  expect(studio.refusal()?.reason).toBe('malformed')
})

test('V6 text without end is refused', () => {
  const studio = createVideoWorld().studio()
  for (let i = 0; i < 60; i++) studio.line.text({ t: 'clock', sent: i })
  expect(studio.refusal()?.reason).toBe('malformed')
  expect(studio.heard().filter(({ t }) => t === 'clock').length).toBeLessThan(31)
})

const NOW = Date.UTC(2026, 0, 1)
const hostile: [string, string, Uint8Array[]][] = [
  ['garbage', 'malformed', [new Uint8Array([9, 9, 9])]],
  ['an empty frame', 'malformed', [new Uint8Array()]],
  [
    'a packet without payload',
    'malformed',
    [encodePacket({ ...picture(NOW, true), bytes: new Uint8Array() })],
  ],
  ['NaN for a time', 'malformed', [encodePacket(picture(NaN, true))]],
  [
    'a picture that is none',
    'malformed',
    [encodePacket({ ...picture(NOW, true), bytes: new Uint8Array(50) })],
  ],
  ['sound in ADTS', 'malformed', [encodePacket({ ...sound(NOW), bytes: new Uint8Array([255, 241, 0]) })]],
  ['VP8', 'codec', [encodeConfig({ ...AVC, codec: 'vp8' })]],
  ['Opus', 'codec', [encodeConfig({ ...AAC, codec: 'opus' })]],
  ['an avcC of zeros', 'codec', [encodeConfig({ ...AVC, description: new Uint8Array(20) })]],
  ['a config that is no JSON', 'malformed', [encodeConfig(AVC).fill(0xff, 24, 30)]],
  ['a time of 0', 'timestamps', [encodePacket(picture(0, true))]],
  ['a time of 1e300', 'timestamps', [encodePacket(picture(1e300, true))]],
  ['tomorrow', 'timestamps', [encodePacket(picture(NOW + 86_400_000, true))]],
  [
    'time running backward',
    'timestamps',
    [encodePacket(picture(NOW, true)), encodePacket(picture(NOW - 2_000, true))],
  ],
]
test.each(hostile)('V6 %s is refused as %s, and other streams play on', async (_, reason, frames) => {
  const world = createVideoWorld()
  const other = world.studio('other')
  const studio = world.studio()
  for (const frame of frames) studio.line.binary(frame)
  expect(studio.refusal()?.reason).toBe(reason)
  expect(studio.refusal()?.says).toMatch(/\.$/)
  expect(studio.line.closed?.code).toBe(4400)
  await other.play(stretch(world.clock.now(), 2_000))
  expect(world.video.provider.playback('other').state).toBe('live')
})

test('V6 no bytes bring anything down: frames with a few bytes changed are taken or refused', () => {
  const good = [AVC, AAC]
    .map((one) => encodeConfig(one))
    .concat(stretch(NOW, 200).map((one) => encodePacket(one)))
  const change = fc.record({ frame: fc.nat(good.length - 1), at: fc.nat(60), to: fc.nat(255) })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const studio = createVideoWorld().studio('S', { configs: [] })
      for (const [i, frame] of good.entries()) {
        const bytes = frame.slice()
        for (const { frame: n, at, to } of changes) if (n === i && at < bytes.length) bytes[at] = to
        studio.line.binary(bytes)
      }
      studio.line.drop()
    }),
    { numRuns: 300 },
  )
})

test('V6 what comes behind a refusal is not heard', () => {
  const world = createVideoWorld()
  const studio = world.studio()
  studio.line.binary(new Uint8Array(3))
  const frames = studio.line.frames.length
  studio.packet(picture(world.clock.now(), true))
  studio.line.text({ t: 'clock', sent: 1 })
  expect(studio.line.frames).toHaveLength(frames)
})

test('V6 more bits than the node gives one publisher are refused', async () => {
  const world = createVideoWorld({ maxBitsPerSecond: 1e6 })
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 4_000, { size: 3_500 }))
  expect(studio.refusal()).toBeUndefined()
  await studio.play(stretch(world.clock.now(), 10_000, { size: 20_000 }))
  expect(studio.refusal()).toMatchObject({
    reason: 'malformed',
    says: expect.stringContaining('Mbit/s') as string,
  })
})

test('V6 codecs that change without end are refused; another source now and then is not', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  for (let i = 0; i < 20; i++) {
    await world.clock.advance(1_000)
    studio.config({ ...AVC, width: 640 + i })
  }
  expect(studio.refusal()).toBeUndefined()
  for (let i = 0; i < 20; i++) studio.config({ ...AVC, width: 320 + i })
  expect(studio.refusal()?.reason).toBe('malformed')
})

test('V6 configs alone keep nobody on air', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 2_000))
  for (let i = 0; i < 40; i++) {
    studio.config({ ...AVC, width: 640 + i })
    await world.clock.advance(1_000)
  }
  expect(world.states().at(-1)).toBe('ended')
})

test('V6 one frame is at most 2 MB', () => {
  expect(createVideoWorld().video.endpoints.ingest.maxFrameBytes).toBe(2_000_000)
})

test('stats come every two seconds: what is sent, as we see it', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  await studio.play(stretch(world.clock.now(), 6_500, { size: 5_000 }))
  const stats = studio.heard().flatMap((one) => (one.t === 'stats' ? [one] : []))
  expect(stats).toHaveLength(3)
  for (const { kbps, fps } of stats) {
    expect(kbps).toBeGreaterThan(1_150)
    expect(kbps).toBeLessThan(1_300)
    expect(Math.round(fps)).toBe(30)
  }
  expect(stats[0]).toMatchObject({ viewers: 7, latencyMs: null })
})

test('V6 a publisher that calls every picture a key frame is not believed', async () => {
  const world = createVideoWorld()
  const studio = world.studio()
  const packets = stretch(world.clock.now(), 2_000)
  await studio.play(packets.map((packet) => ({ ...packet, key: true })))
  expect((await world.playlist()).match(/INDEPENDENT=YES/g)).toHaveLength(2)
})

test('V31 who sends before it is let in, or asks twice meanwhile, is refused; who leaves meanwhile publishes nothing', async () => {
  const hasty = createVideoWorld({ startedAt: () => Promise.resolve(null) })
  const early = hasty.studio()
  early.line.binary(new Uint8Array(30))
  expect(early.refusal()?.reason).toBe('malformed')
  const twice = hasty.studio()
  twice.line.text({ t: 'publish', grant: 'again' })
  expect(twice.refusal()?.reason).toBe('malformed')
  const gone = hasty.studio('T')
  gone.line.drop()
  await hasty.clock.advance(1_000)
  expect(hasty.states()).toEqual([])
  const patient = hasty.studio('U')
  await patient.letIn()
  expect(patient.heard()).toContainEqual({ t: 'go', streamId: 'U', resumed: false })
})
