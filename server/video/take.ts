// A take: one unbroken stretch of media from one publisher with one set of codecs. Between takes lies a
// discontinuity. Here packets become chunks; the leading track (video, or the sound of a stream without
// video) says where they are cut, the other track comes along with what has arrived.
import type { EncodedPacket, TrackConfig } from '../../shared/media.ts'
import { cutAfter, cutBefore, type Fill, type Next } from './cuts.ts'
import { fragment } from './fmp4/fragment.ts'
import { codecsOf, initSegment } from './fmp4/init.ts'
import { createLane, type Lane, type LaneSample } from './lane.ts'

/** What a player needs before the chunks of a take. `epochMs` is media time 0 on the server's clock, the same
 * for all takes of one show. */
export type TakeHead = { number: number; epochMs: number; codecs: string; init: Uint8Array<ArrayBuffer> }
/** `at` and `ms` are media time of the leading track. `key`: playing can start here. */
export type Chunk = { bytes: Uint8Array<ArrayBuffer>; at: number; ms: number; key: boolean }
/** Chunks come in order; `cut` says that a part or segment ends between two of them. */
export type MediaSink = {
  take(head: TakeHead): void
  chunk(chunk: Chunk): void
  cut(at: 'part' | 'segment'): void
}

/** One frame a second, late: a still screen. A longer pause ends the take: a sample fits into one segment, and no
 * segment may outgrow the target duration. */
export const LONGEST_SAMPLE_MS = 1_400

export type Take = {
  readonly configs: readonly TrackConfig[]
  /** Whether this packet goes on where its track stopped. */
  continues(packet: EncodedPacket): boolean
  add(packet: EncodedPacket): void
  /** Ends the take at `until` (server time), or where its last samples end. What arrived for later is returned. */
  close(until: number): { endsAt: number; rest: EncodedPacket[] }
}

export function createTake(deps: {
  number: number
  /** Video first, when there is any: the first one leads. */
  configs: readonly [TrackConfig, TrackConfig?]
  epochMs: number
  /** The next fragment's sequence number. */
  sequence(): number
  sink: MediaSink
}): Take {
  const { epochMs, sink } = deps
  const configs = deps.configs.filter((config) => config !== undefined)
  const leading = createLane(deps.configs[0], epochMs)
  const following = deps.configs[1] && createLane(deps.configs[1], epochMs)
  let frames: LaneSample[] = []
  let others: LaneSample[] = []
  /** In ticks of the leading lane: where the open segment, part and chunk began, and where the media ends. */
  let from: Fill | undefined
  let end = 0
  /** Milliseconds of media time of the first picture. */
  let opens: number | undefined

  sink.take({ number: deps.number, epochMs, codecs: codecsOf(configs), init: initSegment(configs) })

  const filled = (since: Fill): Fill => ({
    segment: leading.ms(end - since.segment),
    part: leading.ms(end - since.part),
    chunk: leading.ms(end - since.chunk),
  })

  function lead(sample: LaneSample, next: Next | null): void {
    from ??= { segment: sample.dts, part: sample.dts, chunk: sample.dts }
    end = sample.dts
    const before = cutBefore(filled(from), leading.ms(sample.dur))
    if (before) cut(from, before)
    frames.push(sample)
    end = sample.dts + sample.dur
    const after = next && cutAfter(filled(from), next)
    if (after) cut(from, after)
  }

  function cut(since: Fill, at: 'chunk' | 'part' | 'segment'): void {
    emit()
    since.chunk = end
    if (at === 'chunk') return
    since.part = end
    if (at === 'segment') since.segment = end
    sink.cut(at)
  }

  function emit(): void {
    const [first] = frames
    if (!first) return
    opens ??= leading.ms(first.dts)
    const runs = [{ trackId: leading.trackId, samples: frames }]
    if (following) runs.push({ trackId: following.trackId, samples: takeOthers(following) })
    sink.chunk({
      bytes: fragment(deps.sequence(), runs),
      at: leading.ms(first.dts),
      ms: leading.ms(end - first.dts),
      key: first.key,
    })
    frames = []
  }

  /** Sound up to the end of the picture. What is late simply comes with the next chunk. */
  function takeOthers(lane: Lane): LaneSample[] {
    const until = leading.ms(end)
    const split = others.findIndex((sample) => lane.ms(sample.dts) >= until)
    const due = split === -1 ? others : others.slice(0, split)
    others = split === -1 ? [] : others.slice(split)
    // A player takes the first sample of a take, whichever track's, for the time that the playlist gives for its first
    // picture: sound of before that would put every picture of the take as much later as its encoder is slow.
    const since = opens ?? 0
    return due.filter((sample) => lane.ms(sample.dts) >= since)
  }

  const laneOf = (packet: EncodedPacket) => (packet.track === leading.config.kind ? leading : following)

  return {
    configs,
    continues(packet) {
      const heldAt = laneOf(packet)?.heldAt()
      return heldAt === undefined || packet.ts - heldAt <= LONGEST_SAMPLE_MS
    },
    add(packet) {
      const lane = laneOf(packet)
      const done = lane?.push(packet)
      if (!done) return
      if (lane !== leading) others.push(done)
      else lead(done, packet.track === 'audio' ? 'sound' : packet.key ? 'key' : 'delta')
    },
    close(until) {
      const last = leading.flush(until, LONGEST_SAMPLE_MS)
      if (last) lead(last, null)
      const lastOther = following?.flush(until, LONGEST_SAMPLE_MS)
      if (lastOther) others.push(lastOther)
      emit()
      sink.cut('segment')
      return {
        endsAt: epochMs + leading.ms(end),
        rest: others.map(({ ts, dur, key, bytes }) => ({ track: 'audio', ts, dur, key, bytes })),
      }
    },
  }
}
