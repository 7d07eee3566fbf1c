// REST: the chat as it can be read over HTTP. Times are Unix milliseconds. What somebody may not see answers
// exactly like what does not exist. Numbers in queries are plain positions: they order what the caller may see
// anyway, and are no right to anything.
import * as v from 'valibot'
import { uuid, type Epoch, type MessageId } from '../ids.ts'
import type { Entry, LogName, Message, Person, ReportReason, Role } from '../protocol/events.ts'
import { LIMITS } from '../protocol/limits.ts'

/** 2^53 has sixteen digits. */
const whole = v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'must be a whole number'), v.transform(Number))
const positive = v.pipe(whole, v.minValue(1))

export const SEARCH = { textChars: 200, hits: 50 } as const
export const REPLAY_ENTRIES = 500
/** What was said while people waited for the beginning, the newest of it. Well below a page, so that the first one
 * always reaches into the show. */
export const REPLAY_WAITING = 100

/** GET /api/streams/:slug/messages: the newest entries, or those before a seq. */
export const historyQuery = v.object({
  before: v.optional(positive),
  limit: v.optional(v.pipe(positive, v.maxValue(LIMITS.pageEntries))),
})

/** GET /api/streams/:slug/search: words, "phrases", or, -not; newest first. `before` is the former answer's. */
export const searchQuery = v.object({
  q: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1),
    v.check((text) => Array.from(text).length <= SEARCH.textChars, 'is too long'),
    v.regex(/^\P{Cc}*$/u, 'must not contain control characters'),
  ),
  before: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}\.[0-9a-f-]{36}$/),
      v.transform((text) => {
        const [at = '', id = ''] = text.split('.')
        return { at: Number(at), id }
      }),
      v.object({ at: v.number(), id: uuid }),
    ),
  ),
})

/** GET /api/streams/:slug/replay: what was public, beside the recording. Milliseconds since the stream began;
 * a part that begins at 0 also has the newest `REPLAY_WAITING` entries from before. `after` is the former answer's
 * `next`; `pin=1` asks what was pinned when the range begins. */
export const replayQuery = v.object({
  from: v.optional(whole),
  to: v.optional(whole),
  after: v.optional(positive),
  pin: v.optional(
    v.pipe(
      v.literal('1'),
      v.transform(() => true),
    ),
  ),
})

/** GET /api/streams/:slug/export/audit */
export const auditQuery = v.object({ format: v.optional(v.picklist(['ndjson', 'csv'])) })

export type HistoryQuery = v.InferOutput<typeof historyQuery>
export type SearchQuery = v.InferOutput<typeof searchQuery>
export type ReplayQuery = v.InferOutput<typeof replayQuery>
export type AuditQuery = v.InferOutput<typeof auditQuery>

/** `seq`: the newest position this caller may see. `before`: ask with it for older ones; null at the beginning. */
export type History = { epoch: Epoch; seq: number; entries: Entry[]; before: number | null }

/** `seq` is the position in `log`; null where no entry shows it. A `deleted` hit is the removed text, a `held` or
 * `rejected` one never was in the room. */
export type Hit = {
  log: LogName
  seq: number | null
  /** Of a private message: whose thread it is in. */
  viewer?: Person
  state: 'visible' | 'deleted' | 'held' | 'rejected'
  message: Message
}
export type Hits = { hits: Hit[]; before: string | null }

/** `offset`: milliseconds since `startedAt`; below 0 in what is told at the beginning, from before it. */
export type ReplayEntry = Entry & { offset: number }
export type Replay = {
  startedAt: number
  endedAt: number | null
  entries: ReplayEntry[]
  /** More in this range: ask with `after`. */
  next: number | null
  /** Where asked for: the pin right before the first of these, unless its message is deleted by now. */
  pin?: Message | null
}

type Measure = { reason: string | null; by: Person | null; at: number }
/** GET /api/streams/:slug/people/:id (host, moderators). `blocked` is there for the host alone. */
export type PersonCard = {
  person: Person & { guest: boolean }
  /** When the guest or account was made. */
  since: number
  role: Role
  formerNames: { name: string; until: number }[]
  ban: (Measure & { until: number | null }) | null
  timeout: (Measure & { until: number }) | null
  member: boolean
  blocked?: boolean
  notes: { by: Person; text: string; at: number }[]
  /** The newest 100 public ones; `text` null when it is not kept any more. */
  messages: {
    id: MessageId
    seq: number | null
    at: number
    text: string | null
    state: Hit['state']
  }[]
  /** About messages of this person. */
  reports: {
    message: MessageId
    by: Person
    reason: ReportReason
    note: string | null
    at: number
    resolved: boolean
  }[]
}

/** GET /api/streams/:slug/team (host, moderators); the last two for the host alone. */
export type Team = {
  moderators: (Person & { everywhere: boolean })[]
  bans: (Person & Measure & { until: number | null })[]
  timeouts: (Person & Measure & { until: number })[]
  blocked?: (Person & { at: number })[]
  members?: (Person & { until: number | null })[]
}

/** GET /api/streams/:slug/export/public|private|audit (its host, with a login of the last 15 minutes): lines of
 * JSON. The first is this, then come entries, and the last is `{"end": true, "entries": n}`: a file without it is
 * not whole. */
export type ExportHead = {
  export: 'public' | 'private' | 'audit'
  stream: { slug: string; title: string; host: Person }
  epoch: Epoch
  /** Entries 1 to `seq` follow. */
  seq: number
  at: number
}
export const RECENT_LOGIN_MS = 15 * 60_000

// GET /api/me/export: one JSON document, `{profile, sent, received, notices, held, reports}`.
// DELETE /api/streams/:slug (its host; not while it is live) and DELETE /api/me (not while there are streams of
// one's own: `wrong_state`, field `streams`) erase for good. The latter answers Me, like signing out.
