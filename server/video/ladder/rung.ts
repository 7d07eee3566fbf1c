// The small pictures of one show: its packets go through a transcoder, and what comes back lies on the times of the
// show. A process that ends or hangs is begun again, some times; one that is too slow is given less, and then up.
import type { EncodedPacket, TrackConfig, VideoConfig } from '../../../shared/media.ts'
import type { Clock } from '../../app/ports.ts'
import type { PacketTap, Transcoder, TranscoderLine } from '../../app/video-ports.ts'
import { configTag, createTagReader, packetTag, type TagReader } from '../rtmp/tags.ts'
import { createFlvReader, FLV_VIDEO, flvHeader, flvTag, type FlvTag } from './flv.ts'
import { lowSizeOf } from './size.ts'

const MOST_BUFFERED_BYTES = 4_000_000
/** More pictures than a decoder holds back to put them in order (16 at most). */
const MANY = 20
/** A picture that is overdue for so long: begun again at a key frame, once it has caught up. */
const LATE_MS = 1_500
/** It has not taken as much as there was, again and again, for so long. */
const TOO_SLOW_MS = 30_000
/** Nothing was left out for so long. */
const RECOVERED_MS = 10_000
/** Overdue for so long, it hangs. Also what it may take to begin. */
const HUNG_MS = 10_000
const MOST_RESTARTS = 3
const FIRST_RETRY_MS = 1_000
/** It ran for so long: what was before is forgotten. */
const STEADY_MS = 60_000
/** FLV counts in 31 bits. */
const MOST_FLV_MS = 2_000_000_000

export type RungTells = {
  /** Before the first picture, and again when the source changed. */
  config(config: VideoConfig): void
  /** On the clock of the show. Decoded, and shown, when the picture of the show is that it was made from. */
  packet(packet: EncodedPacket): void
  /** No more tries. */
  failed(says: string): void
}
export type Rung = PacketTap & { close(): void }

/** A picture on its way. `fedAt`: when it was handed over, Unix milliseconds. */
type Source = { ts: number; offset: number; key: boolean; fedAt: number }
/** `base`: the time of the first packet, which is zero there. `sources`: by the FLV time they are shown at.
 * `delay`: how much later than they are decoded pictures are shown. `sent`: the FLV time that came last. */
type Run = {
  line: TranscoderLine
  file: ReturnType<typeof createFlvReader>
  tags: TagReader
  base: number
  sources: Map<number, Source>
  beganAt: number
  sent: number
  heard: boolean
  delay: number
  lastTs: number
}

/** Nothing runs before the first key frame behind a config, nor for a picture that is small already. */
export function createRung(deps: { clock: Clock; transcoder: Transcoder }, tell: RungTells): Rung {
  const { clock, transcoder } = deps
  let config: VideoConfig | undefined
  let run: Run | undefined
  let over = false
  let restarts = 0
  let notBefore = 0
  /** Packets are let go until a key frame. */
  let skipping = false
  let behindAt: number | undefined
  let skippedAt = 0

  function begin(first: EncodedPacket, source: VideoConfig, now: number): Run | undefined {
    const size = lowSizeOf(source)
    if (!size) return undefined
    const line = transcoder.open(size, {
      bytes(bytes) {
        if (run?.line === line) hear(run, bytes)
      },
      closed(says) {
        if (run?.line === line) lost(says)
      },
    })
    line.write(flvHeader())
    line.write(flvTag({ type: FLV_VIDEO, ts: 0, payload: configTag(source) }))
    skipping = false
    const fresh = { heard: false, delay: 0, lastTs: -Infinity, sent: -1, sources: new Map() }
    const readers = { file: createFlvReader(), tags: createTagReader() }
    return { ...fresh, ...readers, line, base: first.ts, beganAt: now }
  }

  function drop(): void {
    run?.line.close()
    run = undefined
  }

  function fail(says: string): void {
    over = true
    drop()
    tell.failed(says)
  }

  function lost(says: string): void {
    const now = clock.now()
    if (run && now - run.beganAt >= STEADY_MS) restarts = 0
    if (restarts >= MOST_RESTARTS) {
      fail(says)
      return
    }
    drop()
    notBefore = now + FIRST_RETRY_MS * 2 ** restarts++
  }

  function hear(mine: Run, bytes: Uint8Array): void {
    const tags = mine.file(bytes)
    if (!tags) {
      lost('What the transcoder gave is no FLV.')
      return
    }
    for (const tag of tags) {
      if (tag.type === FLV_VIDEO) take(mine, tag)
      // Whoever is told may have closed it.
      if (run !== mine) return
    }
  }

  function take(mine: Run, { payload, ts }: FlvTag): void {
    const tag = mine.tags.video(payload, ts)
    if (tag?.type === 'refused') lost(tag.says)
    else if (tag?.type === 'config' && tag.config.kind === 'video') tell.config(tag.config)
    else if (tag?.type === 'packet') place(mine, tag.packet)
  }

  function place(mine: Run, packet: EncodedPacket): void {
    const { sources } = mine
    const shownAt = packet.ts + (packet.offset ?? 0)
    const source = sources.get(shownAt)
    for (const at of sources.keys()) if (at <= shownAt) sources.delete(at)
    mine.heard = true
    if (source?.key) mine.delay = source.offset
    const exact = source ? source.ts + source.offset : mine.base + shownAt
    // A source that begins to look further ahead would take time back.
    const at = Math.max(exact - mine.delay, mine.lastTs + 1)
    const offset = Math.max(0, Math.round(exact - at))
    mine.lastTs = at
    const { track, dur, key, bytes } = packet
    tell.packet({ track, ts: at, dur, key, bytes, ...(offset > 0 && { offset }) })
  }

  /** How long too many pictures have been on their way. */
  function overdueMs({ sources }: Run, now: number): number {
    if (sources.size <= MANY) return 0
    let i = 0
    for (const { fedAt } of sources.values()) if (i++ === MANY) return now - fedAt
    return 0
  }

  /** Whether the packet can go on now. */
  function mayFeed(mine: Run, packet: EncodedPacket, at: number, now: number): boolean {
    const buffered = mine.line.buffered()
    const overdue = overdueMs(mine, now)
    if (at <= mine.sent) skipping = true
    if (buffered > MOST_BUFFERED_BYTES || (mine.heard && overdue > LATE_MS)) {
      behindAt ??= now
      skipping = true
    }
    if (skipping && packet.key && at > mine.sent)
      skipping = mine.sources.size > MANY || buffered > MOST_BUFFERED_BYTES / 2
    if (skipping) skippedAt = now
    else if (now - skippedAt > RECOVERED_MS) behindAt = undefined
    return !skipping
  }

  function feed(mine: Run, packet: EncodedPacket, now: number): void {
    const at = Math.round(packet.ts - mine.base)
    if (overdueMs(mine, now) > HUNG_MS) lost('The transcoder hangs.')
    else if (behindAt !== undefined && now - behindAt > TOO_SLOW_MS)
      fail('This machine is too slow to make small pictures.')
    else if (mayFeed(mine, packet, at, now)) {
      const { ts, key, offset = 0 } = packet
      mine.sources.set(at + Math.round(offset), { ts, offset, key, fedAt: now })
      mine.sent = at
      mine.line.write(flvTag({ type: FLV_VIDEO, ts: at, payload: packetTag(packet) }))
    }
  }

  return {
    config(given: TrackConfig) {
      if (given.kind !== 'video') return
      // An encoder that repeats itself is the same source.
      if (config && sameSource(config, given)) return
      drop()
      config = given
    },
    packet(packet) {
      if (over || !config || packet.track !== 'video') return
      const now = clock.now()
      if (run && packet.key && packet.ts - run.base > MOST_FLV_MS) drop()
      if (!run && packet.key && now >= notBefore) run = begin(packet, config, now)
      if (run) feed(run, packet, now)
    },
    pause() {
      drop()
      config = undefined
      behindAt = undefined
    },
    end: close,
    close,
  }

  function close(): void {
    over = true
    drop()
  }
}

const sameSource = (a: VideoConfig, b: VideoConfig): boolean =>
  a.width === b.width &&
  a.height === b.height &&
  a.description.byteLength === b.description.byteLength &&
  a.description.every((byte, i) => byte === b.description[i])
