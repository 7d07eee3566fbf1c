// What a log remembers. An entry is one event at one seq of one log; everybody who may read the log may read
// all of it, so nothing here is ever filtered per receiver.
import type { Epoch, MessageId, PrincipalId } from '../ids.ts'

export type Role = 'host' | 'moderator' | 'viewer'
export type StreamState = 'scheduled' | 'live' | 'ended'

/** The logs a client can name. A viewer reads `room` and `thread` (its own); the host `room` and `inbox`. */
export type LogName = 'room' | 'thread' | 'inbox'

export type Author = { id: PrincipalId; name: string; role: Role }

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

/** `seq` is 1, 2, 3... without holes in its log; `at` (Unix ms) never decreases in a log. */
export type Entry = { seq: number; at: number; event: StreamEvent }

export type Cursor = { log: LogName; epoch: Epoch; seq: number }
