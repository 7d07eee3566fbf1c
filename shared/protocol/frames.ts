// What the server sends on the chat socket: replies (one client's own) and what a log or the pulse tells all.
import type { Cmid, Epoch, MessageId, PrincipalId } from '../ids.ts'
import type { Entry, LogName, Message, Role, Rules, StreamState } from './events.ts'
import type { ErrorCode } from './errors.ts'

/** The state of one log at join. `recovered: true`: `entries` continue the cursor without a gap. Otherwise they
 * are the newest ones and the client replaces what it had; `reason` says why. */
export type LogWelcome = {
  log: LogName
  epoch: Epoch
  /** Position after `entries`; the next live entry is seq + 1. */
  seq: number
  recovered: boolean
  reason?: 'new' | 'epoch' | 'too_old' | 'too_many'
  entries: Entry[]
}

export type Pulse = {
  viewers: number
  /** Totals since the stream began, by emoji. */
  reactions: Record<string, number>
}

export type Welcome = {
  t: 'welcome'
  /** An overlay is nobody: its `id` is empty, and it reads the room alone. */
  you: { id: PrincipalId; name: string; role: Role | 'overlay'; guest: boolean }
  stream: { slug: string; title: string; state: StreamState; host: { id: PrincipalId; name: string } }
  logs: LogWelcome[]
  pin: Message | null
  slowSeconds: number
  rules: Rules
  pulse: Pulse
  /** Unix ms; send `renew` before it. */
  passExpiresAt: number
  /** Server clock at sending, Unix ms. */
  now: number
  /** This reader was too slow lately: instead of the room's `entries`, `pulse` and `pos` it gets `snapshot`s until
   * one says `live`. */
  snapshots?: boolean
}

/** A command took effect. The message commands say where it landed in the log its author reads. */
export type Ok = {
  t: 'ok'
  re: Cmid
  log?: LogName
  seq?: number
  id?: MessageId
  at?: number
  /** True when this id was already done: the first result, again. */
  dup?: boolean
  /** The message waits for host or moderators; it is in no log yet. */
  held?: true
}
export type Err = {
  t: 'err'
  re?: Cmid
  code: ErrorCode
  says: string
  field?: string
  retryAfterMs?: number
  /** What a moderator said why, when somebody is banned or timed out. */
  reason?: string
  fault?: string
}
/** The answer to `read`. */
export type Page = { t: 'page'; re: Cmid; log: LogName; viewer?: PrincipalId; entries: Entry[] }
export type Entries = { t: 'entries'; log: LogName; epoch: Epoch; entries: Entry[] }
export type PulseFrame = { t: 'pulse' } & Pulse
/** The newest position of a log: a client that is behind it reads the gap. */
export type Pos = { t: 'pos'; log: LogName; epoch: Epoch; seq: number }
/** The room as it stands, for a reader too slow for all of it: the newest entries end at `seq` and may begin
 * behind a hole. The rest is what the entries left out may have changed. */
export type Snapshot = {
  t: 'snapshot'
  log: 'room'
  epoch: Epoch
  seq: number
  entries: Entry[]
  pin: Message | null
  slowSeconds: number
  rules: Rules
  state: StreamState
  pulse: Pulse
  /** The last one: from `seq` on every entry comes again. */
  live?: boolean
}

export type Frame = Welcome | Ok | Err | Page | Entries | PulseFrame | Pos | Snapshot
