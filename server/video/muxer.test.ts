import { expect, test } from 'vitest'
import type { EncodedPacket, TrackConfig } from '../../shared/media.ts'
import { parseFragments, parseInit } from '../test/media/mp4.ts'
import { AAC, AVC, AVC_OTHER, picture, sound, stretch } from '../test/media/packets.ts'
import { createMuxer } from './muxer.ts'
import type { Chunk, TakeHead } from './take.ts'

const T0 = 1_700_000_000_000

/** Everything that came out, take by take. */
function watch() {
  const takes: { head: TakeHead; chunks: Chunk[]; cuts: string[] }[] = []
  const muxer = createMuxer({
    take: (head) => void takes.push({ head, chunks: [], cuts: [] }),
    chunk: (chunk) => void takes.at(-1)?.chunks.push(chunk),
    cut: (at) => void takes.at(-1)?.cuts.push(at),
  })
  const faults: (string | null)[] = []
  return {
    takes,
    muxer,
    configs(now: number, ...configs: TrackConfig[]) {
      for (const config of configs) muxer.config(config, now)
    },
    play(packets: readonly EncodedPacket[], lateMs = 50) {
      for (const packet of packets) faults.push(muxer.packet(packet, packet.ts + lateMs))
    },
    faults: () => faults.filter((fault) => fault !== null),
    kinds: () =>
      takes.map(({ head }) =>
        parseInit(head.init)
          .map(({ kind }) => kind)
          .join('+'),
      ),
  }
}
const samples = (chunks: readonly Chunk[], trackId: number) =>
  chunks.flatMap((chunk) =>
    parseFragments(chunk.bytes).flatMap(({ runs }) =>
      runs.filter((run) => run.trackId === trackId).flatMap((run) => run.samples),
    ),
  )

test('chunks of a tenth of a second, each group of pictures beginning one with its key frame', () => {
  const { takes, muxer, ...show } = watch()
  show.configs(T0, AVC, AAC)
  show.play(stretch(T0, 2_000))
  muxer.pause()
  const [take, ...none] = takes
  expect(none).toEqual([])
  expect(take?.chunks.map(({ ms }) => Math.round(ms))).toEqual(Array<number>(20).fill(100))
  expect(take?.chunks.flatMap(({ key }, i) => (key ? [i] : []))).toEqual([0, 10])
  expect(take?.head.epochMs).toBe(T0)
  expect(samples(take!.chunks, 1)).toHaveLength(60)
  expect(samples(take!.chunks, 2)).toHaveLength(93)
})

test('V6 key frames without end make no chunks without end', () => {
  const { takes, muxer, ...show } = watch()
  show.configs(T0, AVC, AAC)
  show.play(Array.from({ length: 1_000 }, (_, i) => picture(T0 + i, true)))
  expect(takes[0]!.chunks.length).toBeLessThanOrEqual(100)
  muxer.pause()
  expect(samples(takes[0]!.chunks, 1)).toHaveLength(1_000)
})

test('sound that is late comes with the next chunk, sound that is early waits for its own', () => {
  for (const skew of [-150, 150]) {
    const { takes, muxer, ...show } = watch()
    show.configs(T0, AVC, AAC)
    const packets = stretch(T0, 3_000)
    const arrival = (packet: EncodedPacket) => packet.ts + (packet.track === 'audio' ? skew : 0)
    show.play(
      packets.toSorted((a, b) => arrival(a) - arrival(b)),
      200,
    )
    muxer.pause()
    expect(takes).toHaveLength(1)
    const audio = samples(takes[0]!.chunks, 2)
    expect(audio.length).toBeGreaterThan(130)
    expect(new Set(audio.map(({ dur }) => dur))).toEqual(new Set([1_024]))
  }
})

test('V5 nothing of a take is heard before its first picture, however late its sound comes', () => {
  for (const late of [0, 40, 400, 1_100]) {
    const { takes, muxer, ...show } = watch()
    show.configs(T0, AVC, AAC)
    show.play(stretch(T0, 1_000))
    muxer.reset(T0 + 5_000)
    show.configs(T0 + 5_000, AVC, AAC)
    const packets = stretch(T0 + 5_000, 4_000).filter(
      ({ track, ts }) => track === 'audio' || ts >= T0 + 6_000,
    )
    const arrival = ({ track, ts }: EncodedPacket) => ts + (track === 'audio' ? late : 0)
    for (const packet of packets.toSorted((a, b) => arrival(a) - arrival(b)))
      muxer.packet(packet, arrival(packet))
    muxer.pause()
    expect(takes).toHaveLength(2)
    const chunks = takes[1]?.chunks ?? []
    const began = (samples(chunks, 1)[0]?.dts ?? NaN) / 90_000
    const heard = samples(chunks, 2)
    const before = (heard[0]?.dts ?? NaN) / 48_000 - began
    expect([late, before >= 0, before < 0.03]).toEqual([late, true, true])
    expect(heard.length).toBeGreaterThan(80)
  }
})

test('V6 packets before their config, and pictures without a key frame for ten seconds, are faults', () => {
  const show = watch()
  show.play([picture(T0, true)])
  expect(show.faults()).toHaveLength(1)
  show.configs(T0, AVC)
  show.play(stretch(T0, 9_900, { group: 10_000, audio: false }))
  expect(show.faults()).toHaveLength(1)
  show.play([picture(T0 + 10_100, false)])
  expect(show.faults()[1]).toMatch(/key frame/)
})

test('nothing begins before a key frame', () => {
  const { takes, muxer, ...show } = watch()
  show.configs(T0, AVC, AAC)
  const packets = stretch(T0, 2_000)
  show.play(packets.slice(20))
  muxer.pause()
  const first = samples(takes[0]!.chunks, 1)[0]
  expect(first?.key).toBe(true)
  expect(takes[0]?.head.epochMs).toBe(T0 + 1_000)
  expect(samples(takes[0]!.chunks, 2)[0]?.dts).toBeGreaterThanOrEqual(0)
})

test('a publisher with one track alone begins when the other could have come', () => {
  for (const track of ['video', 'audio'] as const) {
    const { takes, muxer, ...show } = watch()
    show.configs(T0, track === 'video' ? AVC : AAC)
    show.play(stretch(T0, 4_000, { video: track === 'video', audio: track === 'audio' }))
    expect(show.kinds()).toEqual([track])
    muxer.pause()
    // Waiting for the other track has lost nothing.
    const ms = takes[0]!.chunks.reduce((sum, chunk) => sum + chunk.ms, 0)
    expect(ms).toBeGreaterThan(3_970)
    expect(takes[0]?.head.epochMs).toBe(T0)
  }
})

test('a config that comes a second late is waited for, one that comes later makes another take', () => {
  for (const [late, kinds] of [
    [1_000, ['video+audio']],
    [3_000, ['video', 'video+audio']],
  ] as const) {
    const { takes, muxer, ...show } = watch()
    const packets = stretch(T0, 6_000)
    show.configs(T0, AVC)
    for (const packet of packets) {
      if (packet.ts >= T0 + late) muxer.config(AAC, packet.ts)
      if (packet.track === 'video' || packet.ts >= T0 + late) show.play([packet])
    }
    expect(show.kinds()).toEqual(kinds)
    expect(takes.at(-1)!.chunks.length).toBeGreaterThan(20)
  }
})

test('the same config again changes nothing; another one makes a new take at its key frame', () => {
  const { takes, muxer, ...show } = watch()
  show.configs(T0, AVC, AAC)
  show.play(stretch(T0, 2_000))
  show.configs(T0 + 2_000, AVC, AAC)
  show.play(stretch(T0 + 2_000, 2_000))
  expect(takes).toHaveLength(1)
  show.configs(T0 + 4_000, AVC_OTHER)
  show.play(stretch(T0 + 4_000, 2_000))
  muxer.pause()
  expect(takes.map(({ head }) => parseInit(head.init)[0]?.width)).toEqual([1280, 640])
  // Not a picture and hardly a sound are lost on the way, and the two takes meet.
  expect(takes.map(({ chunks }) => samples(chunks, 1).length)).toEqual([120, 60])
  const audio = takes.flatMap(({ chunks }) => samples(chunks, 2))
  expect(audio.length).toBeGreaterThan(275)
  const last = samples(takes[0]!.chunks, 1).at(-1)!
  expect(samples(takes[1]!.chunks, 1)[0]?.dts).toBe(last.dts + last.dur)
})

test('a track that dies is left behind after three seconds, and taken up again when it is back', () => {
  for (const dead of ['video', 'audio'] as const) {
    const show = watch()
    show.configs(T0, AVC, AAC)
    show.play(
      stretch(T0, 14_000).filter(({ track, ts }) => track !== dead || ts < T0 + 3_000 || ts >= T0 + 10_000),
    )
    expect(show.kinds()).toEqual(['video+audio', dead === 'video' ? 'audio' : 'video', 'video+audio'])
  }
})

test('a stalled line that delivers seconds at once loses no track', () => {
  const show = watch()
  show.configs(T0, AVC, AAC)
  show.play(stretch(T0, 2_000))
  const burst = stretch(T0 + 2_000, 5_000)
  for (const packet of burst) show.muxer.packet(packet, T0 + 7_000)
  show.play(stretch(T0 + 7_000, 1_000))
  expect(show.kinds()).toEqual(['video+audio'])
})

test('a pause of more than 1.4 s ends the take, a still screen of one frame a second does not', () => {
  const { takes, muxer, ...show } = watch()
  show.configs(T0, AVC, AAC)
  show.play(stretch(T0, 2_000))
  show.play(stretch(T0 + 4_000, 2_000))
  expect(takes).toHaveLength(2)
  const still = watch()
  still.configs(T0, AVC, AAC)
  still.play(stretch(T0, 10_000, { fps: 1, group: 1 }))
  expect(still.takes).toHaveLength(1)
  muxer.pause()
})

test('V3 another connection goes on at the same epoch, behind what there was, with all configs anew', () => {
  const { takes, muxer, ...show } = watch()
  show.configs(T0, AVC, AAC)
  show.play(stretch(T0, 2_000))
  muxer.reset(T0 + 5_000)
  expect(muxer.endsAt()).toBeGreaterThanOrEqual(T0 + 2_000)
  expect(muxer.packet(picture(T0 + 5_000, true), T0 + 5_000)).toMatch(/config/)
  show.configs(T0 + 5_000, AVC, AAC)
  show.play(stretch(T0 + 5_000, 2_000))
  expect(takes.map(({ head }) => [head.number, head.epochMs])).toEqual([
    [1, T0],
    [2, T0],
  ])
  expect(takes[1]?.chunks[0]?.at).toBe(5_000)
})

test('sound of an old config does not reach the take of a new one', () => {
  const { takes, ...show } = watch()
  const mono = { ...AAC, channels: 1, description: new Uint8Array([0x11, 0x88]) }
  show.configs(T0, AVC, AAC)
  show.play(stretch(T0, 1_500))
  show.configs(T0 + 1_500, mono)
  show.play([sound(T0 + 1_510), ...stretch(T0 + 2_000, 1_000)])
  expect(takes).toHaveLength(2)
  expect(samples(takes[1]!.chunks, 2)[0]!.dts).toBeGreaterThanOrEqual(2_000 * 48)
})
