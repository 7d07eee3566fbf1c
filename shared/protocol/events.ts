// What a log remembers. An entry is one event at one seq of one log; everybody who may read the log may read
// all of it, so nothing here is ever filtered per receiver.
import type { Epoch, MessageId, PrincipalId } from '../ids.ts'

export type Role = 'host' | 'moderator' | 'viewer'
export type StreamState = 'scheduled' | 'live' | 'ended'

/** The logs a client can name. A viewer reads `room` and `thread` (its own); a moderator `backstage` too; the host
 * `room`, `inbox` and `backstage`. */
export type LogName = 'room' | 'thread' | 'inbox' | 'backstage'

export type Person = { id: PrincipalId; name: string }
export type Author = Person & { role: Role }

/** What a reply quotes, in its present state: a deleted target has no text. */
export type Quote = { id: MessageId; name: string; text: string | null }

/** `text` is null when the message was deleted: a tombstone carries no body. Times are Unix milliseconds. */
export type Message = { id: MessageId; author: Author; text: string | null; at: number; replyTo?: Quote }

export type StreamEvent =
  | { type: 'said'; message: Message }
  /** Private, in `thread` and `inbox`. `viewer` is whose thread it is; the author is the viewer or the host. */
  | { type: 'whispered'; viewer: { id: PrincipalId; name: string }; message: Message }
  /** Carries the target alone, never its text. In `inbox` too, so the host keeps one order. */
  | { type: 'deleted'; target: MessageId }
  | { type: 'pinned'; message: Message; ver: number }
  | { type: 'unpinned'; ver: number }
  | { type: 'slowed'; seconds: number }
  | { type: 'stream'; state: StreamState }
  /** In `room`: who may write, and what becomes of what they write. */
  | { type: 'ruled'; rules: Rules }
  /** In `thread` alone: what moderation did to this person or its messages. */
  | { type: 'notice'; notice: Notice }
  /** In `backstage`: a public message that waits for host or moderators, in its present state. */
  | { type: 'held'; held: Held }
  | { type: 'settled'; target: MessageId; verdict: Exclude<Verdict, 'open'>; by: Person }
  /** In `backstage`. */
  | { type: 'reported'; report: Report }
  /** In `backstage`: every report of this message is dealt with. */
  | { type: 'resolved'; target: MessageId; by: Person }
  /** In `backstage`: who did what; the audit trail. */
  | { type: 'moderated'; by: Person; deed: Deed }

/** `accounts`: no guests; `members`: whom the host enrolled. Host and moderators are free of all of it.
 * `minAgeSeconds`: an account (or guest) must be this old. `review`: every message is held first. `delaySeconds`:
 * viewers see public messages this much later than host and moderators. */
export type Rules = {
  who: 'everyone' | 'accounts' | 'members'
  minAgeSeconds: number
  links: 'allowed' | 'held' | 'refused'
  review: boolean
  duplicateSeconds: number
  delaySeconds: number
}

export type HoldReason = 'term' | 'link' | 'review'
export type Verdict = 'open' | 'approved' | 'rejected'
/** Held public words have no seq: they are in no log that viewers read. `matched` is the blocked term. */
export type Held = {
  id: MessageId
  author: Author
  /** Null once it is too old to be kept. */
  text: string | null
  at: number
  replyTo?: Quote
  reason: HoldReason
  matched?: string
  verdict: Verdict
}

/** `message` is its author's own words, as `held` shows them to moderators. */
export type Notice =
  | { is: 'held'; message: Message }
  | { is: 'approved' | 'rejected'; target: MessageId }
  | { is: 'timed_out'; until: number; reason: string | null }
  | { is: 'timeout_ended' }
  | { is: 'banned'; until: number | null; reason: string | null }
  | { is: 'unbanned' }

export type ReportReason = 'spam' | 'abuse' | 'sexual' | 'danger' | 'other'
/** `message` in its present state; its text also after a delete, for as long as removed texts are kept. */
export type Report = { by: Person; reason: ReportReason; note: string | null; message: Message }

export type Deed =
  /** `message` with the text that was removed, for as long as removed texts are kept. */
  | { is: 'deleted'; message: Message }
  | { is: 'wiped'; target: Person; count: number }
  | { is: 'timed_out'; target: Person; until: number; reason: string | null }
  | { is: 'banned'; target: Person; until: number | null; reason: string | null }
  | {
      is: 'timeout_ended' | 'unbanned' | 'dismissed' | 'blocked' | 'unblocked' | 'enrolled' | 'expelled'
      target: Person
    }
  /** `everywhere`: in all streams of the host. */
  | { is: 'appointed'; target: Person; everywhere: boolean }
  | { is: 'noted'; target: Person; text: string }
  | { is: 'slowed'; seconds: number }
  | { is: 'ruled'; rules: Rules }

/** `seq` is 1, 2, 3... without holes in its log; `at` (Unix ms) never decreases in a log. */
export type Entry = { seq: number; at: number; event: StreamEvent }

export type Cursor = { log: LogName; epoch: Epoch; seq: number }
