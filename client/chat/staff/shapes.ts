// What the REST surfaces of moderation answer. Times are Unix milliseconds.
import type { MessageId } from '../../../shared/ids.ts'
import type { Person, ReportReason, Role } from '../../../shared/protocol/events.ts'
import type { TermLine } from './terms.ts'

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
    state: 'visible' | 'deleted' | 'held' | 'rejected'
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

/** GET and PUT /api/studio/terms (hosts) */
export type Terms = { terms: TermLine[] }
