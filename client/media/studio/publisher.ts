// The `/ingest` socket of a studio: a grant per connection, configs before packets, key frame first, and back
// within the grace of the server when the line drops. Knows nothing of cameras.
import {
  encodeConfig,
  encodePacket,
  type EncodedPacket,
  type IngestHears,
  type IngestSays,
  type Layer,
  type TrackConfig,
} from '../../../shared/media.ts'
import { afterClose, type Closed } from '../backoff.ts'
import type { Clock } from '../../clock.ts'
import type { OpenWire, Wire } from '../wire.ts'
import {
  measured,
  newGate,
  newPulse,
  pass,
  passLow,
  reopen,
  shutLow,
  type Passing,
  type Pulse,
} from './gate.ts'

export type GrantAnswer =
  { ok: true; grant: string; url: string } | { ok: false; then: 'retry' | 'refused' | 'ended'; says: string }
export type Stats = Omit<Extract<IngestHears, { t: 'stats' }>, 't'>
export type PublishPhase =
  | { at: 'off' }
  | { at: 'connecting' }
  | { at: 'live' }
  | { at: 'reconnecting'; since: number }
  | { at: 'over'; why: 'ended' | 'refused'; says: string }
export type PublisherEvents = {
  phase(phase: PublishPhase): void
  stats(stats: Stats): void
  /** The socket's queue grew too long for this layer: its frames were dropped. */
  congested(layer: Layer): void
  /** The server takes no small picture any more, with its words for the host. */
  lowRefused(says: string): void
}
export type Publisher = {
  start(): void
  config(config: TrackConfig, layer?: Layer): void
  packet(packet: EncodedPacket, layer?: Layer): void
  /** No low picture comes for now: the next one begins anew. */
  withoutLow(): void
  /** For good, with the words for the host. */
  stop(why: 'ended' | 'refused', says: string): void
  /** The network is back: try now. */
  nudge(): void
  /** Round trip to the server, milliseconds. */
  roundTrip(): number | null
  /** `frames` and `dropped` are of the main picture; `low` are frames of the small one. */
  sent(): { bytes: number; frames: number; dropped: number; low: number }
}

/** A host is one, not a crowd, and viewers look at a standing picture meanwhile. */
const MOST_WAIT_MS = 1_500
const CLOCK_BURST = 5
const CLOCK_BURST_MS = 150
const CLOCK_MS = 10_000
/** The server sends its numbers every 2 s: this long without a word is a dead line. */
const SILENCE_MS = 5_000
/** Sent this lately, and the server says it hears nothing: the line swallows what we send. */
const UNHEARD_MS = 2_000
/** A line cut without a word. */
const CUT: Closed = { code: 1006, reason: '' }
const ENDED = 'The stream is over.'

export function createPublisher(deps: {
  grant(): Promise<GrantAnswer>
  open: OpenWire
  clock: Clock
  fraction(): number
  on: PublisherEvents
}): Publisher {
  const { clock, on } = deps
  const configs: Partial<Record<TrackConfig['kind'], TrackConfig>> = {}
  const low: { config: TrackConfig | null; told: boolean } = { config: null, told: false }
  const counts = { bytes: 0, frames: 0, dropped: 0, low: 0 }
  let phase: PublishPhase = { at: 'off' }
  let wire: Wire<IngestSays> | null = null
  let going = false
  let wasLive = false
  let gate = newGate()
  let pulse: Pulse = newPulse
  let attempt = 0
  /** Changes with every connection and its end: an answer to an older one is stale. */
  let round = 0
  let rtt: number | null = null
  let sentAt = -Infinity
  let cancelRetry = (): void => undefined
  let cancelClock = (): void => undefined
  let cancelSilence = (): void => undefined

  function set(next: PublishPhase): void {
    phase = next
    on.phase(next)
  }

  async function connect(): Promise<void> {
    const mine = round
    // A request on a dead line can hang for half of the grace.
    listen()
    const answer = await deps.grant()
    if (mine !== round) return
    if (!answer.ok) {
      if (answer.then === 'retry') lose(CUT)
      else over(answer.then, answer.says)
      return
    }
    wire = deps.open<IngestSays, IngestHears>(answer.url, {
      opened: () => wire?.say({ t: 'publish', grant: answer.grant }),
      heard,
      bytes: () => undefined,
      closed: lose,
    })
  }

  function heard(message: IngestHears): void {
    listen()
    switch (message.t) {
      case 'go': {
        go()
        return
      }
      case 'clock':
        rtt = clock.now() - message.sent
        return
      case 'state':
        if (message.state === 'ended') over('ended', ENDED)
        if (message.state === 'reconnecting' && clock.now() - sentAt < UNHEARD_MS) lose(CUT)
        return
      case 'stats':
        on.stats(message)
        return
      case 'low':
        on.lowRefused(message.says)
        return
      case 'refused': {
        refused(message)
        return
      }
    }
  }

  function go(): void {
    going = true
    wasLive = true
    attempt = 0
    gate = reopen(gate)
    low.told = false
    for (const config of [configs.video, configs.audio]) if (config) sendBytes(encodeConfig(config))
    set({ at: 'live' })
    askClock(CLOCK_BURST)
  }

  /** The server learns our clock from these: the quickest of several tells the offset best. */
  function askClock(left: number): void {
    wire?.say({ t: 'clock', sent: clock.now() })
    cancelClock = clock.after(left > 1 ? CLOCK_BURST_MS : CLOCK_MS, () => askClock(left - 1))
  }

  function refused({ reason, says }: Extract<IngestHears, { t: 'refused' }>): void {
    if (reason === 'ended') over('ended', says)
    else if (mayTryAgain(reason)) lose(CUT)
    else over('refused', says)
  }

  function mayTryAgain(reason: Extract<IngestHears, { t: 'refused' }>['reason']): boolean {
    switch (reason) {
      case 'already_live':
        // After a dropped line the server may not have noticed yet that the old socket is gone.
        return wasLive
      case 'grant':
      case 'timestamps':
        return attempt < 3
      case 'ended':
      case 'codec':
      case 'malformed':
        return false
    }
  }

  function lose(closed: Closed): void {
    if (phase.at === 'over' || phase.at === 'off') return
    drop()
    attempt += 1
    const next = afterClose(closed, attempt, deps.fraction(), MOST_WAIT_MS)
    if (!next.retry) {
      over('refused', 'The server refuses this connection.')
      return
    }
    if (phase.at === 'live') set({ at: 'reconnecting', since: clock.now() })
    cancelRetry = clock.after(next.afterMs, connectSoon)
  }

  function listen(): void {
    cancelSilence()
    cancelSilence = clock.after(SILENCE_MS, () => lose(CUT))
  }

  function drop(): void {
    going = false
    round += 1
    cancelRetry()
    cancelClock()
    cancelSilence()
    wire?.close()
    wire = null
  }

  function over(why: 'ended' | 'refused', says: string): void {
    drop()
    set({ at: 'over', why, says })
  }

  function connectSoon(): void {
    connect().catch(() => lose(CUT))
  }

  function sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    counts.bytes += bytes.byteLength
    sentAt = clock.now()
    wire?.sendBytes(bytes)
  }

  const waitingMs = (line: Wire<IngestSays>): number => (line.waiting() * 8) / pulse.kbps

  function take(passing: Passing, layer: Layer): void {
    gate = passing.gate
    if (passing.congested) on.congested(layer)
  }

  /** Its config goes out with its first picture: a line that has no room for the one needs no news of the other. */
  function lowPacket(packet: EncodedPacket, line: Wire<IngestSays>): void {
    if (!low.config) return
    if (gate.low.state === 'open') pulse = measured(pulse, packet, gate)
    const passing = passLow(gate, packet, waitingMs(line))
    take(passing, 'low')
    if (!passing.packet) return
    if (!low.told) sendBytes(encodeConfig(low.config, 'low'))
    low.told = true
    counts.low += 1
    sendBytes(encodePacket(passing.packet, 'low'))
  }

  return {
    start() {
      attempt = 0
      wasLive = false
      set({ at: 'connecting' })
      connectSoon()
    },
    config(config, layer = 'main') {
      if (layer === 'low') {
        low.told &&= low.config !== null && sameConfig(low.config, config)
        low.config = config
        return
      }
      const had = configs[config.kind]
      configs[config.kind] = config
      // The same again would be a discontinuity for nothing.
      if (going && !(had && sameConfig(had, config))) sendBytes(encodeConfig(config))
    },
    packet(packet, layer = 'main') {
      if (!going || !wire) return
      if (layer === 'low') {
        lowPacket(packet, wire)
        return
      }
      pulse = measured(pulse, packet, gate)
      const passing = pass(gate, packet, waitingMs(wire))
      take(passing, 'main')
      // What comes before the first key frame of the show is not part of it.
      if (!passing.packet) counts.dropped += packet.track === 'video' && gate.lastTs.video > 0 ? 1 : 0
      else {
        counts.frames += packet.track === 'video' ? 1 : 0
        sendBytes(encodePacket(passing.packet))
      }
    },
    withoutLow() {
      gate = shutLow(gate)
      low.config = null
      low.told = false
    },
    stop(why, says) {
      wire?.say({ t: 'bye' })
      over(why, says)
    },
    nudge() {
      if (phase.at !== 'reconnecting') return
      drop()
      connectSoon()
    },
    roundTrip: () => rtt,
    sent: () => ({ ...counts }),
  }
}

function sameConfig(a: TrackConfig, b: TrackConfig): boolean {
  const x = encodeConfig(a)
  const y = encodeConfig(b)
  return x.byteLength === y.byteLength && x.every((byte, i) => byte === y[i])
}
