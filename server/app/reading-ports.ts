// What reading over HTTP and erasing need from the outside. Every question names who asks, and the database
// answers under that person's rights: what is not theirs is empty or null.
import type { History, Hit, PersonCard, SearchQuery, Team } from '../../shared/api/chat.ts'
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Entry, Message, Result } from '../../shared/protocol/index.ts'

export type Reading = {
  /** Room entries `before` a seq (null: the newest), oldest first. Null: there is no such room for this person.
   * `delaySeconds`: nothing newer than that. */
  history(
    as: PrincipalId | null,
    stream: StreamId,
    page: { before: number | null; limit: number; delaySeconds: number },
  ): Promise<History | null>
  /** Newest first. `overloaded` when it takes more than two seconds. */
  search(
    as: PrincipalId,
    stream: StreamId,
    asked: { q: string; before: SearchQuery['before']; delaySeconds: number; limit: number },
  ): Promise<Result<Hit[]>>
  /** Room entries with `from <= at <= to` (Unix ms) behind the seq `after`, oldest first. `more`: there are more.
   * `pinned`: what was pinned right before them, as it is now; looked for only where `pin` asks. */
  span(
    as: PrincipalId | null,
    stream: StreamId,
    span: {
      from: number
      to: number | null
      after: number
      limit: number
      delaySeconds: number
      pin: boolean
    },
  ): Promise<{ entries: Entry[]; more: boolean; pinned: Message | null }>
  /** Null for who has no backstage here, and for a person who is not known in it. */
  card(as: PrincipalId, stream: StreamId, person: PrincipalId): Promise<PersonCard | null>
  team(as: PrincipalId, stream: StreamId): Promise<Team | null>
}

/** One's own, wherever it is. Lists come in pages, and each page is asked for as it is needed. */
export type OwnData = {
  profile(of: PrincipalId): Promise<object | null>
  list(of: PrincipalId, which: OwnList): AsyncIterable<object[]>
}
export const OWN_LISTS = ['sent', 'received', 'notices', 'held', 'reports', 'entered'] as const
export type OwnList = (typeof OWN_LISTS)[number]

export type Logins = {
  /** Whether this session began within so many milliseconds. */
  isRecent(session: string, withinMs: number): Promise<boolean>
}

export type Erasure = {
  /** With everything in it, for good. `not_found` for anybody but its host, `wrong_state` while it is live. */
  stream(by: PrincipalId, stream: StreamId): Promise<Result<null>>
  /** The person: its messages become tombstones, its sessions end. `wrong_state` while it has streams. Again: what
   * was on its way meanwhile. */
  person(id: PrincipalId): Promise<Result<null>>
}
