// Messages in the memory journal: repeated, refused, held or placed, each draft by itself and in turn.
import { LIMITS, deny, ok } from '../../../shared/protocol/index.ts'
import type { Result, Role } from '../../../shared/protocol/index.ts'
import type { MessageId } from '../../../shared/ids.ts'
import type { Change, Draft, Stream } from '../../app/ports.ts'
import type { LogKey } from '../../domain/log.ts'
import { verdictOf } from '../../domain/send.ts'
import type { Hold } from '../../domain/send.ts'
import { chatOver } from '../../domain/slow.ts'
import { codePoints, utf8Bytes } from '../../domain/text.ts'
import type { Desk, Fact, MessageRow } from './rows.ts'
import { pair, standingIn } from './tables.ts'
import type { PersonRow } from './tables.ts'

type Done = { draft: Draft; change: Change }
type Who = { stream: Stream; sender: PersonRow; role: Role }

export function createSends({ tables, rows, clock, place }: Desk) {
  const done = new Map<string, Done>()
  /** When somebody last wrote in public in a stream, and when the same words. */
  const spoken = new Map<string, number>()
  const same = new Map<string, number>()

  function appendOne(draft: Draft): Result<Change> {
    if (draft.text.includes('\0')) return deny('text_forbidden')
    const stream = tables.streams.get(draft.stream)
    if (!stream) return deny('not_found')
    const sender = tables.people.get(draft.sender)
    const now = clock.now()
    const { role, banned, refused } = standingIn(tables, draft.sender, draft.stream, now)
    if (banned) return deny('banned')
    if (refused !== null) return deny(refused)
    if (!sender) return deny('not_allowed')
    const use = `${draft.sender}:${draft.cmid}`
    const first = done.get(use)
    const denial = addressed(draft, stream, role) ?? (first ? null : refusal(draft, stream, now))
    if (denial) return denial
    if (first) return again(first, draft)
    const verdict = judged(draft, { stream, sender, role }, now)
    if (verdict && 'code' in verdict) return deny(verdict.code, verdict)
    const change = store(draft, { stream, sender, role }, verdict, now)
    done.set(use, { draft, change })
    return ok(change)
  }

  function store(draft: Draft, { sender, role }: Who, hold: Hold | null, now: number): Change {
    const { id, cmid, stream, viewer, text, replyTo } = draft
    const author = { id: sender.id, name: sender.name, role }
    const row: MessageRow = { id, cmid, stream, sender: sender.id, author, viewer, text, replyTo, at: now }
    if (viewer === null) spoke(draft, now)
    const answer = { dup: false, id, at: now }
    if (!hold) {
      rows.messages.set(id, row)
      return { ...answer, placed: placesOf(draft).map(([key, fact]) => place(key, fact)) }
    }
    const waiting = { reason: hold.hold, matched: hold.matched, verdict: 'open', decidedAt: null } as const
    rows.held.set(id, { ...row, ...waiting })
    const placed = [
      place(
        { kind: 'thread', stream, viewer: sender.id },
        { type: 'notice', notice: { is: 'held', held: id } },
      ),
      place({ kind: 'backstage', stream }, { type: 'held', held: id }),
    ]
    return { ...answer, held: true, placed }
  }

  function spoke(draft: Draft, at: number) {
    spoken.set(pair(draft.stream, draft.sender), at)
    if (draft.traits) same.set(sameKey(draft), at)
  }

  /** The first answer again; of a held one what became of it. */
  function again({ draft: before, change }: Done, draft: Draft): Result<Change> {
    const { text, viewer, stream } = before
    if (text !== draft.text || viewer !== draft.viewer || stream !== draft.stream)
      return deny('idempotency_mismatch')
    const placed = change.placed.map(({ log, epoch, seq }) => ({ log, epoch, seq }))
    return ok({ ...change, dup: true, placed })
  }

  function addressed({ viewer, sender }: Draft, stream: Stream, role: Role) {
    if (viewer === null) return null
    if ((viewer !== sender && role !== 'host') || viewer === stream.host.id) return deny('not_allowed')
    return tables.people.has(viewer) ? null : deny('not_found')
  }

  function refusal({ text, viewer, replyTo }: Draft, stream: Stream, now: number) {
    if (chatOver(stream, now)) return deny('stream_ended')
    const target = replyTo === null ? null : rows.messages.get(replyTo)
    const here = target?.stream === stream.id && target.viewer === viewer && target.text !== null
    if (target !== null && !here) return deny('reply_not_here')
    if (text === '') return deny('text_empty')
    const long = codePoints(text) > LIMITS.textChars || utf8Bytes(text) > LIMITS.textBytes
    return long ? deny('text_too_long') : null
  }

  function judged(draft: Draft, { stream, sender, role }: Who, now: number) {
    const { everywhere, terms, timeouts } = tables
    const host = stream.host.id
    return verdictOf(
      {
        to: draft.viewer === null ? 'room' : 'thread',
        role,
        lookalike: isLookalike(sender, stream),
        blocked: draft.viewer !== null && everywhere.blocked.has(pair(host, draft.viewer)),
        guest: sender.kind === 'guest',
        member: everywhere.members.has(pair(host, sender.id)),
        createdAt: sender.createdAt ?? 0,
        timeout: timeouts.get(pair(stream.id, sender.id)) ?? null,
        rules: stream.rules,
        slowSeconds: stream.slowSeconds,
        termsVer: terms.get(host)?.ver ?? 0,
        found: draft.traits ?? null,
        lastPublicAt: spoken.get(pair(stream.id, sender.id)) ?? null,
        lastSameAt: same.get(sameKey(draft)) ?? null,
      },
      now,
    )
  }

  function isLookalike({ id, skeleton = null }: PersonRow, stream: Stream): boolean {
    if (skeleton === null) return false
    return [...tables.people.values()].some(
      (other) =>
        other.skeleton === skeleton &&
        other.id !== id &&
        standingIn(tables, other.id, stream.id, clock.now()).role !== 'viewer',
    )
  }

  return {
    appendOne,
    /** A held one has its place in the room now: it is said at this time, and its id, sent again, is answered so. */
    approved({ sender, cmid }: MessageRow, id: MessageId, at: number, room: Change['placed']) {
      const use = done.get(`${sender}:${cmid}`)
      if (!use) return
      use.change = { dup: false, id, at, placed: room }
      spoke(use.draft, at)
    },
  }
}

const sameKey = ({ stream, sender, traits }: Draft) => `${stream}:${sender}:${traits?.fold ?? ''}`

/** L1: the only visibility decision. */
function placesOf({ id, stream, viewer }: Draft): [LogKey, Fact][] {
  if (viewer === null)
    return [
      [
        { kind: 'room', stream },
        { type: 'said', message: id },
      ],
    ]
  const fact = { type: 'whispered', message: id } as const
  return [
    [{ kind: 'thread', stream, viewer }, fact],
    [{ kind: 'inbox', stream }, fact],
  ]
}
