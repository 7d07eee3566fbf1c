// What the application needs from the outside, as types. Adapters implement these; tests do too.
// Faults (a dead database, a bug) are thrown; expected refusals are `Result` values.
import type { Cmid, Epoch, MessageId, PrincipalId, StreamId } from '../../shared/ids.ts'
import type {
  Entry,
  Message,
  ReportReason,
  Result,
  Role,
  Rules,
  StreamState,
} from '../../shared/protocol/index.ts'
import type { NodeAddress } from './relay-ports.ts'
import type { GateKind } from '../../shared/api/gates.ts'
import type { LogKey, ThreadKey } from '../domain/log.ts'
import type { GateCode } from '../domain/privacy/gates.ts'
import type { Revoked } from '../domain/revoked.ts'

export type * from './socket-ports.ts'

export type Clock = {
  /** Unix milliseconds. */
  now(): number
  /** Runs `fn` once after `ms`; the returned function cancels it. Never keeps the process alive by itself. */
  after(ms: number, fn: () => void): () => void
}

export type Random = {
  uuid(): string
  /** URL-safe text with `bytes` bytes of entropy. */
  token(bytes: number): string
  /** In [0, 1). */
  fraction(): number
}

/** One structured line per call. Never a message body, pass, cookie or key. */
export type Log = {
  info(event: string, fields?: Record<string, unknown>): void
  warn(event: string, fields?: Record<string, unknown>): void
  /** A fault: logs it once with its cause and returns the id the user is shown. */
  fault(where: string, error: unknown): string
}

// ---- people -------------------------------------------------------------------------------------------

export type Principal = {
  id: PrincipalId
  kind: 'guest' | 'account'
  name: string
  canHost: boolean
  email: string | null
  hasPassword: boolean
}

/** Secrets arrive here already hashed: passwords by argon2id, tokens by SHA-256 (hex). */
export type People = {
  find(id: PrincipalId): Promise<Principal | null>
  /** `skeleton`: the name without what the eye takes for the same (domain/confusable.ts); kept beside it. */
  createGuest(guest: { id: PrincipalId; name: string; skeleton?: string }): Promise<void>
  /** Refuses `email_taken`; with an invite hash also `invite_needed` when it is unknown, used or expired.
   * The account and the use of the invite commit together. `canHost` comes from the invite when there is one. The id
   * of a guest makes that guest an account: every session it had as a guest ends with it. */
  createAccount(account: NewAccount): Promise<Result<Principal>>
  credentials(email: string): Promise<{ id: PrincipalId; passwordHash: string | null } | null>
  passwordHash(id: PrincipalId): Promise<string | null>
  /** A new password ends every session but `keepSession`, in the same transaction. */
  update(
    id: PrincipalId,
    change: { name?: string; skeleton?: string; email?: string; passwordHash?: string; keepSession?: string },
  ): Promise<Result<Principal>>
  /** The first start: makes an account that may host, when none may. False when one is there, or another node
   * was faster. */
  createFirstHost(host: { id: PrincipalId; name: string; skeleton?: string }): Promise<boolean>
  /** Hosts that have never set a password: their login link is printed again at start. */
  unclaimedHost(): Promise<PrincipalId | null>
  createSession(session: { id: string; principal: PrincipalId; expiresAt: number }): Promise<void>
  /** The principal of a session that is neither ended nor expired. */
  sessionPrincipal(sessionId: string, now: number): Promise<Principal | null>
  endSession(sessionId: string): Promise<void>
  endSessions(principal: PrincipalId, except?: string): Promise<void>
  createLoginLink(link: { tokenHash: string; principal: PrincipalId; expiresAt: number }): Promise<void>
  /** Marks the link used and returns its principal, once; null ever after. */
  redeemLoginLink(tokenHash: string, now: number): Promise<PrincipalId | null>
  createInvite(invite: {
    tokenHash: string
    by: PrincipalId
    canHost: boolean
    expiresAt: number
  }): Promise<void>
}
export type NewAccount = {
  id: PrincipalId
  name: string
  skeleton?: string
  email: string | null
  passwordHash: string | null
  canHost: boolean
  inviteHash?: string
  now: number
}

// ---- streams ------------------------------------------------------------------------------------------

export type Stream = {
  id: StreamId
  slug: string
  title: string
  description: string
  host: { id: PrincipalId; name: string }
  state: StreamState
  slowSeconds: number
  rules: Rules
  startsAt: number | null
  startedAt: number | null
  endedAt: number | null
  gate: GateKind
  /** Counts up when what was entered before counts no longer. */
  gateRev: number
  /** Who carries its video, from its first day to its last. */
  provider: 'local' | 'mux'
}
/** `hash`: of the passphrase, argon2id; null leaves the one there. `reset`: also when nothing else changes. Refused with
 * `bad_request` where a passphrase is missing or out of place. */
export type GateChange = { kind: GateKind; hash: string | null; reset: boolean }

export type Streams = {
  /** Creates the stream with its room and inbox logs, and its gate in the same transaction. Refuses `slug_taken`. */
  create(stream: NewStream): Promise<Result<Stream>>
  edit(
    by: PrincipalId,
    stream: StreamId,
    change: { title?: string; description?: string; startsAt?: number | null; gate?: GateChange },
  ): Promise<Result<Stream>>
  bySlug(slug: string): Promise<Stream | null>
  byId(id: StreamId): Promise<Stream | null>
  /** Live, upcoming (scheduled; with a start time first, soonest first) and the 12 that ended last. */
  home(): Promise<{ live: Stream[]; upcoming: Stream[]; recent: Stream[] }>
  ownedBy(host: PrincipalId): Promise<Stream[]>
  live(): Promise<Stream[]>
  /** Renews the leases of streams whose publisher is at this node; answers those of them that have ended. A lease
   * that another node renewed within `spareMs` stays with it; with 0 all are taken. */
  air(node: string, streams: readonly StreamId[], spareMs: number): Promise<StreamId[]>
  /** Live ones whose publisher no node has had for `ms`. */
  unaired(ms: number): Promise<StreamId[]>
  /** Whether another node has had the publisher within `ms`. */
  airedElsewhere(node: string, stream: StreamId, ms: number): Promise<boolean>
  /** Where a person stands in a stream, from the tables, never from a token. */
  standing(principal: PrincipalId, stream: StreamId): Promise<Standing>
}
export type NewStream = {
  id: StreamId
  slug: string
  title: string
  description: string
  host: PrincipalId
  startsAt: number | null
  gate?: GateChange
  /** Left out: local. */
  provider?: Stream['provider']
}
/** `until`: when the ban ends, in Unix ms; null when nobody is banned or the ban is for ever. `reason`: of the ban.
 * `refused`: what the gate asks of this person, bans aside; null: it lets them in. */
export type Standing = {
  role: Role
  banned: boolean
  until: number | null
  reason: string | null
  refused: GateCode | null
}

// ---- rights of those who are connected -------------------------------------------------------------------

/** What decides about a socket, all of one moment. `person` is null when the session has ended or expired; then
 * `refused` is what the gate says to nobody in particular. `seen`: the newest revocation this answer knows of. */
export type Admission = {
  person: Principal | null
  role: Role
  banned: boolean
  refused: GateCode | null
  seen: number
}

/** A right that ended or changed: `seq` is 1, 2, 3... in the order of the commits. */
export type Revocation = Revoked & { seq: number; principal: PrincipalId | null }

export type Rights = {
  /** One statement for all; answers in the order asked. */
  admissions(asked: readonly Pick<PassClaims, 'session' | 'stream'>[], now: number): Promise<Admission[]>
  /** Revocations after `seq`, oldest first, dense, as many as one statement takes; null: none, only `newest`.
   * Each was written by the transaction that ended the right. Kept for a day. */
  revocations(after: number | null): Promise<{ newest: number; revocations: Revocation[] }>
}

// ---- the journal: logs and what is in them -------------------------------------------------------------

export type Draft = {
  id: MessageId
  cmid: Cmid
  stream: StreamId
  sender: PrincipalId
  text: string
  replyTo: MessageId | null
  /** Null: public, into the room. Else a private message in this viewer's thread, and a pointer in the inbox. */
  viewer: PrincipalId | null
  /** What its text is, for the rules of the room. Of a private message nobody looks. */
  traits?: Traits
}

/** What a node found in a public text. What follows from it, the journal decides under the rules of that moment. */
export type Traits = {
  /** The text without what a repeater varies, hashed: SHA-256, hex. */
  fold: string
  link: boolean
  /** The version of the host's blocked terms that was looked at; another one by now is refused with `rules_changed`. */
  termsVer: number
  /** The first blocked term in it. */
  term: Term | null
}
/** A blocked term: `*` stands for any letters of one word. */
export type Term = { pattern: string; action: 'hold' | 'refuse' }
export type Terms = { ver: number; terms: readonly Term[] }

/** Where something landed. `entry` is present for the room alone: private entries travel as pointers. */
export type Placed = { log: LogKey; epoch: Epoch; seq: number; entry?: Entry }
/** `revoked`: a right of somebody ended or changed with it. `held`: the message waits for host or moderators. */
export type Change = {
  dup: boolean
  id?: MessageId
  at: number
  placed: Placed[]
  revoked?: true
  held?: true
}

/** Acts that are not messages. `state` is the server's own; all others are checked against the tables again. */
export type Act =
  | { type: 'delete'; target: MessageId }
  | { type: 'pin'; target: MessageId }
  | { type: 'unpin' }
  | { type: 'slow'; seconds: number }
  | { type: 'state'; state: StreamState }
  | { type: 'rules'; rules: Rules }
  | { type: 'timeout'; target: PrincipalId; seconds: number; reason?: string | undefined }
  | { type: 'lift'; target: PrincipalId }
  /** `seconds` null: for ever. */
  | { type: 'ban'; target: PrincipalId; seconds: number | null; reason?: string | undefined }
  | { type: 'unban'; target: PrincipalId }
  | { type: 'wipe'; target: PrincipalId }
  | { type: 'approve' | 'reject'; target: MessageId }
  | { type: 'report'; target: MessageId; reason: ReportReason; note?: string | undefined }
  | { type: 'resolve'; target: MessageId }
  | { type: 'note'; target: PrincipalId; text: string }
  /** `everywhere`: in all streams of the host. */
  | { type: 'appoint'; target: PrincipalId; everywhere?: boolean | undefined }
  | { type: 'dismiss'; target: PrincipalId }
  | { type: 'block' | 'unblock' | 'enrol' | 'expel'; target: PrincipalId }

export type Page = { epoch: Epoch; seq: number; entries: Entry[] }

export type Journal = {
  /** One round trip for the whole batch: locks counters in a fixed order, assigns seqs, inserts, commits.
   * Every row is checked as its own sender and fails alone (`banned`, `not_allowed`, `slow_mode`,
   * `stream_ended`, `reply_not_here`, `idempotency_mismatch`, `not_found`, and what domain/send.ts lists for public
   * ones). A public one may be held instead: no seq, no entry in the room. Answers in the order of the drafts.
   * A cmid its sender used before for the same text and log gives the first result with `dup`. */
  append(drafts: readonly Draft[]): Promise<Result<Change>[]>
  /** One transaction. Deleting the pinned message clears the pin in it. An act already done is `dup`, no entry. */
  act(by: PrincipalId | null, stream: StreamId, act: Act): Promise<Result<Change>>
  /** Entries `from`..`to` inclusive as this person may see them now (null: a stranger, so rooms only);
   * deleted messages are tombstones. Empty for a log that is not theirs. */
  read(as: PrincipalId | null, log: LogKey, from: number, to: number): Promise<Entry[]>
  /** The newest `count` entries, with the position they end at. A log nobody wrote to yet is at seq 0. */
  latest(as: PrincipalId | null, log: LogKey, count: number): Promise<Page>
  /** Positions of many logs in one statement: the poll that finds what the bus lost. */
  positions(logs: readonly LogKey[]): Promise<{ log: LogKey; epoch: Epoch; seq: number }[]>
  /** The threads of these streams that moved since the mark given for each; null: none, only the new mark. Whatever
   * this answer does not show yet, because it commits later, comes with the new mark; some may come twice. Marks are
   * whole numbers that never decrease in one database. */
  moved(
    asked: readonly { stream: StreamId; since: string | null }[],
  ): Promise<{ mark: string; moved: { log: ThreadKey; epoch: Epoch; seq: number }[] }>
  /** `as`: null or left out, what a stranger may see. */
  pinned(stream: StreamId, as?: PrincipalId | null): Promise<Message | null>
  reactions(stream: StreamId, as?: PrincipalId | null): Promise<Record<string, number>>
  /** Adds per-second tallies; `second` is Unix seconds. */
  tally(rows: readonly { stream: StreamId; second: number; emoji: string; count: number }[]): Promise<void>
}

// ---- between nodes --------------------------------------------------------------------------------------

export type Notice =
  | { type: 'entries'; log: LogKey; epoch: Epoch; entries: Entry[] }
  /** Private logs: where to look, never what it says. */
  | { type: 'pointer'; log: LogKey; epoch: Epoch; seq: number }
  /** What one node sees of one stream; totals are the sum over nodes heard from lately. */
  | { type: 'pulse'; node: string; stream: StreamId; viewers: number; added: Record<string, number> }
  /** The publisher of a stream is at this node from now on. */
  | { type: 'origin'; stream: StreamId; at: NodeAddress }
  /** A right ended: look at once. Whose and which is in the database, in order. */
  | { type: 'revoked' }

/** At most once; in order per publisher among the notices of one stream, and among those of no stream. Losing a
 * notice is allowed: seq checks and polls repair it. Own notices are delivered before `publish` returns. */
export type Bus = {
  publish(notice: Notice): void
  /** Hears `pulse`, `origin` and `revoked` of every node, and the log notices (`entries`, `pointer`) of followed streams. */
  subscribe(fn: (notice: Notice) => void): () => void
  /** Counted: followed until every returned function was called. Takes effect on the other nodes' notices a
   * moment later; `onRestored` tells when. */
  follow(stream: StreamId): () => void
  /** From now on these streams are heard: for the first time, or again after an outage. What the others said
   * before may be lost. Never called by a bus that cannot lose anything. */
  onRestored(fn: (streams: readonly StreamId[]) => void): () => void
}

// ---- secrets --------------------------------------------------------------------------------------------

export type PassClaims = { principal: PrincipalId; session: string; stream: StreamId; expiresAt: number }
export type Tokens = {
  session(claims: { session: string; principal: PrincipalId; expiresAt: number }): Promise<string>
  readSession(token: string): Promise<{ session: string; principal: PrincipalId } | null>
  pass(claims: PassClaims): Promise<string>
  readPass(token: string): Promise<PassClaims | null>
}

/** What the nodes of one database know of their key. */
export type Keys = {
  /** The first mark becomes everyone's. A different one is `other`, or with `replace` becomes everyone's instead. */
  settle(mark: string, replace: boolean): Promise<'same' | 'other' | 'replaced'>
}

export type Passwords = {
  hash(password: string): Promise<string>
  /** Takes as long for an account that does not exist: pass null. */
  verify(hash: string | null, password: string): Promise<boolean>
}
