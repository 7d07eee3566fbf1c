// What every client of a run did and saw. Kept as it happened, judged afterwards by the checker.
import type { Cmid, Epoch } from '../../../shared/ids.ts'
import type { Entry, LogName } from '../../../shared/protocol/index.ts'

/** A message somebody wrote. `open`: no outcome was ever heard, so it may be in the log once or not at all. */
export type Send = {
  client: number
  cmid: Cmid
  lane: 'public' | 'private'
  text: string
  /** The how-manieth of this client and lane. */
  nth: number
  postedAt: number
  outcome: 'open' | 'ok' | 'refused'
  okAt?: number
  seq?: number
}

/** An entry on a client. `line` is the connection it came on; a `fill` was asked for. */
export type Seen = {
  line: number
  log: LogName
  epoch: Epoch
  seq: number
  /** The event without its time. */
  what: string
  at: number
  how: 'join' | 'live' | 'fill'
}

export type ClientHistory = {
  client: number
  stream: number
  isHost: boolean
  sends: Send[]
  seen: Seen[]
  /** Frames with a private text that is not this client's to read. */
  foreign: string[]
  /** Close codes, with how often. */
  closes: Map<number, number>
  snapshots: number
  /** When an earlier state of the database came back: what was said and read until then may be gone. */
  restoredAt: number | null
  /** First position known per log and numbering: what was said before, this client never asked for. */
  starts: Map<LogName, number>
}

export const emptyHistory = (client: number, stream: number, isHost: boolean): ClientHistory => ({
  client,
  stream,
  isHost,
  sends: [],
  seen: [],
  foreign: [],
  closes: new Map(),
  snapshots: 0,
  restoredAt: null,
  starts: new Map(),
})

/** One comparable line per event; a tombstone and its message differ in the text alone, which is left out when
 * it is gone. */
export function whatOf({ event }: Entry): { key: string; text: string | null } {
  switch (event.type) {
    case 'said':
    case 'whispered':
      return { key: `message ${event.message.id}`, text: event.message.text }
    case 'deleted':
      return { key: `deleted ${event.target}`, text: null }
    case 'pinned':
      return { key: `pinned ${event.message.id} ${event.ver}`, text: null }
    case 'unpinned':
      return { key: `unpinned ${event.ver}`, text: null }
    case 'slowed':
      return { key: `slowed ${event.seconds}`, text: null }
    case 'stream':
      return { key: `stream ${event.state}`, text: null }
    case 'ruled':
    case 'notice':
    case 'held':
    case 'settled':
    case 'reported':
    case 'resolved':
    case 'moderated':
      return { key: JSON.stringify(event), text: null }
  }
}
