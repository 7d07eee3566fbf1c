// Packets of one show into takes. Decides which tracks are there, when a take begins, and when a new one must:
// other codecs, a track that came or went, a pause too long to bridge. Outlives publishers; times are the
// server's.
import type { EncodedPacket, TrackConfig } from '../../shared/media.ts'
import { NEWEST_MS } from './timeline.ts'
import { createTake, LONGEST_SAMPLE_MS, type MediaSink, type Take } from './take.ts'

export type Muxer = {
  config(config: TrackConfig, now: number): void
  /** What is wrong with it, or null. */
  packet(packet: EncodedPacket, now: number): string | null
  /** The publisher is silent: brings out what was held back. The next packets begin a new take. */
  pause(): void
  /** Another publisher, or the same on another connection: forgets its configs. */
  reset(now: number): void
  /** Nothing of another connection may lie before this, on the server's clock. */
  endsAt(): number
  /** Media time 0 on the server's clock; undefined before the first take. */
  epoch(): number | undefined
  /** The take there is: what leads it, and where it began on the server's clock. */
  current(): { leads: Kind; from: number } | null
  /** A new take begins with the first key frame at or behind this, on the server's clock. */
  cutAt(from: number): void
}

type Kind = EncodedPacket['track']
const KINDS: readonly Kind[] = ['video', 'audio']

/** How long a take waits for the config of a second track: an AAC encoder may still be loading. */
const SETTLE_MS = 1_500
/** A track that is silent this long while the other goes on is gone; a congested studio drops video for less. */
const GONE_MS = 3_000
/** Bounds what joining viewers are given, and with it memory. */
const MOST_WITHOUT_KEY_MS = 10_000

/** `beside`: a muxer whose media time this one keeps; nothing of this lies before the beginning of that. */
export function createMuxer(sink: MediaSink, beside?: Pick<Muxer, 'epoch'>): Muxer {
  let epochMs: number | undefined
  let sequence = 0
  let takes = 0
  let ended = 0
  let take: Take | undefined
  /** Something did not fit the take: a new one begins at the next packet that can lead it. */
  let restart = false
  let cutFrom = Infinity
  let from = 0

  let configs: Partial<Record<Kind, TrackConfig>> = {}
  let seen: Partial<Record<Kind, { at: number; ts: number }>> = {}
  let firstAt: number | undefined
  let keyAt: number | undefined
  /** Packets that wait for the beginning of a take. */
  let held: EncodedPacket[] = []

  const present = (kind: Kind, newest: EncodedPacket, now: number): boolean => {
    if (!configs[kind]) return false
    const last = seen[kind]
    // Both, since after a stall of the line the packets of seconds come at once, one track before the other.
    return !last || now - last.at <= GONE_MS || newest.ts - last.ts <= GONE_MS
  }

  function begin(first: EncodedPacket, tracks: readonly TrackConfig[]): void {
    const [leading, following] = tracks
    if (!leading) return
    const rest = take ? end(take, first.ts) : []
    epochMs = beside?.epoch() ?? epochMs ?? Math.floor(first.ts)
    from = first.ts
    const number = ++takes
    const started = createTake({
      number,
      configs: following ? [leading, following] : [leading],
      epochMs,
      sequence: () => ++sequence,
      sink,
    })
    for (const packet of [...rest, ...held])
      if (packet.ts >= first.ts && tracks.some((config) => config.kind === packet.track)) started.add(packet)
    take = started
    held = []
    restart = false
    cutFrom = Infinity
  }

  function end(closing: Take, until: number): EncodedPacket[] {
    const { endsAt, rest } = closing.close(until)
    ended = Math.max(ended, endsAt)
    take = undefined
    const sameSound = closing.configs.some((config) => config === configs.audio)
    return sameSound ? rest : []
  }

  function pause(): void {
    if (take) end(take, Infinity)
    held = []
  }

  return {
    config(config, now) {
      const before = configs[config.kind]
      // An encoder that repeats itself would be a discontinuity for nothing.
      if (before && sameConfig(before, config)) return
      configs[config.kind] = config
      seen[config.kind] = { at: now, ts: -Infinity }
      held = held.filter((packet) => packet.track !== config.kind)
    },

    packet(packet, now) {
      const config = configs[packet.track]
      if (!config) return 'A config must come before the packets of a track.'
      firstAt ??= now
      if (packet.track === 'video') {
        if (packet.key) keyAt = now
        keyAt ??= now
        if (now - keyAt > MOST_WITHOUT_KEY_MS) return 'No key frame for 10 seconds. Send one every second.'
      }
      seen[packet.track] = { at: now, ts: packet.ts }
      const tracks = KINDS.filter((kind) => present(kind, packet, now)).flatMap((kind) => configs[kind] ?? [])
      const fits = take?.configs.includes(config) === true && take.continues(packet)
      restart ||= !take || !fits || !sameTracks(take.configs, tracks)
      restart ||= packet.track === 'video' && packet.ts >= cutFrom
      const earliest = Math.max(ended, beside?.epoch() ?? -Infinity)
      const leads = (one: EncodedPacket) =>
        one.track === tracks[0]?.kind && (one.track === 'audio' || one.key) && one.ts >= earliest
      if (take && fits && !(restart && leads(packet))) {
        take.add(packet)
        return null
      }
      const last = held.findLast((one) => one.track === packet.track)
      if (last && packet.ts - last.ts > LONGEST_SAMPLE_MS) held = []
      const first = held.find(leads)
      if (packet.track === 'audio' || first || leads(packet)) held.push(packet)
      const start = first ?? (leads(packet) ? packet : undefined)
      if (start && (tracks.length === 2 || now - firstAt > SETTLE_MS)) begin(start, tracks)
      return null
    },

    pause,

    reset(now) {
      pause()
      // The server's clock was set back: nothing could lie behind what there was, so media time begins anew.
      if (ended > now + NEWEST_MS) {
        epochMs = undefined
        ended = 0
      }
      configs = {}
      seen = {}
      firstAt = undefined
      keyAt = undefined
      restart = false
    },

    endsAt: () => Math.ceil(ended) + 1,
    epoch: () => epochMs,
    current() {
      const leads = take?.configs[0]?.kind
      return leads ? { leads, from } : null
    },
    cutAt: (at) => void (cutFrom = at),
  }
}

function sameTracks(a: readonly TrackConfig[], b: readonly TrackConfig[]): boolean {
  return a.length === b.length && a.every((config, i) => config === b[i])
}

function sameConfig(a: TrackConfig, b: TrackConfig): boolean {
  const { description: x, ...restA } = a
  const { description: y, ...restB } = b
  return (
    JSON.stringify(restA) === JSON.stringify(restB) &&
    x.byteLength === y.byteLength &&
    x.every((byte, i) => byte === y[i])
  )
}
