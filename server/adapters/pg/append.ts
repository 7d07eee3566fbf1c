// Group commit: one batch of drafts is one statement.
import type { Pool } from 'pg'
import type { Change, Draft, Placed } from '../../app/ports.ts'
import type { Epoch, MessageId } from '../../../shared/ids.ts'
import { deny, ok, type ErrorCode, type Result } from '../../../shared/protocol/index.ts'
import { toMessage, type MessageRow } from './messages.ts'
import { isRace } from './fault.ts'
import { callPrepared } from './unit.ts'

const ATTEMPTS = 3
/** Postgres cannot hold it in a text, and would refuse the whole batch for it. */
const NUL = '\0'

export async function appendAll(pool: Pool, drafts: readonly Draft[]): Promise<Result<Change>[]> {
  // The answer of what goes into no round; every other draft gets its own below.
  const results: Result<Change>[] = drafts.map(() => deny('text_forbidden'))
  for (const round of rounds(drafts)) {
    const answers = await appendRound(
      pool,
      round.map(({ draft }) => draft),
    )
    for (const [index, { position }] of round.entries())
      results[position] = answers[index] ?? deny('internal')
  }
  return results
}

type Placing = { draft: Draft; position: number }

/** A cmid that comes twice in one batch is judged after its first use has committed: in the next round. */
function rounds(drafts: readonly Draft[]): Placing[][] {
  const rounds: Placing[][] = []
  const uses = new Map<string, number>()
  for (const [position, draft] of drafts.entries()) {
    if (draft.text.includes(NUL)) continue
    const key = `${draft.sender}:${draft.cmid}`
    const use = uses.get(key) ?? 0
    uses.set(key, use + 1)
    ;(rounds[use] ??= []).push({ draft, position })
  }
  return rounds
}

async function appendRound(pool: Pool, drafts: readonly Draft[]): Promise<Result<Change>[]> {
  for (let attempt = 1; ; attempt++)
    try {
      const rows = await callPrepared<AppendRow>(pool, 'append', APPEND, columns(drafts))
      return rows.map((row, index) => toResult(row, drafts[index] as Draft))
    } catch (error) {
      // Another node used the same cmid, or a deadlock was broken: nothing of this batch is there.
      if (attempt === ATTEMPTS || !isRace(error)) throw error
    }
}

const APPEND = `select a.code, a.retry_after_ms as "retryAfterMs", a.id, a.at, a.epoch, a.seq,
    a.inbox_epoch as "inboxEpoch", a.inbox_seq as "inboxSeq", a.sender_name as "senderName", a.sender_role as "senderRole",
    a.quote_id as "quoteId", a.quote_name as "quoteName", a.quote_text as "quoteText", a.held, a.why
  from app.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) a order by a.i`

const columns = (drafts: readonly Draft[]): unknown[] => [
  drafts.map(({ id }) => id),
  drafts.map(({ cmid }) => cmid),
  drafts.map(({ stream }) => stream),
  drafts.map(({ sender }) => sender),
  drafts.map(({ viewer }) => viewer),
  drafts.map(({ text }) => text),
  drafts.map(({ replyTo }) => replyTo),
  drafts.map(({ traits }) => traits?.fold ?? null),
  drafts.map(({ traits }) => traits?.link ?? false),
  // Not null, which would stand for the current version: a text nobody looked at is not one that was found clean.
  drafts.map(({ traits }) => traits?.termsVer ?? 0),
  drafts.map(({ traits }) => traits?.term?.pattern ?? null),
  drafts.map(({ traits }) => (traits?.term ? traits.term.action === 'hold' : null)),
]

type AppendRow = Pick<MessageRow, 'senderName' | 'senderRole' | 'quoteId' | 'quoteName' | 'quoteText'> & {
  code: ErrorCode | 'dup' | null
  retryAfterMs: number | null
  id: MessageId
  at: number
  epoch: Epoch
  seq: number
  inboxEpoch: Epoch
  inboxSeq: number
  /** Then the two places are the sender's thread and the backstage. */
  held: boolean
  /** What a moderator said why. */
  why: string | null
}

function toResult(row: AppendRow, draft: Draft): Result<Change> {
  if (row.code !== null && row.code !== 'dup')
    return deny(row.code, {
      ...(row.retryAfterMs === null ? {} : { retryAfterMs: row.retryAfterMs }),
      ...(row.why === null ? {} : { reason: row.why }),
    })
  const dup = row.code === 'dup'
  if (row.held) return ok({ dup, held: true, id: row.id, at: row.at, placed: dup ? [] : heldAt(row, draft) })
  return ok({ dup, id: row.id, at: row.at, placed: placedAt(row, draft) })
}

const heldAt = ({ epoch, seq, inboxEpoch, inboxSeq }: AppendRow, { stream, sender }: Draft): Placed[] => [
  { log: { kind: 'thread', stream, viewer: sender }, epoch, seq },
  { log: { kind: 'backstage', stream }, epoch: inboxEpoch, seq: inboxSeq },
]

function placedAt(row: AppendRow, draft: Draft): Placed[] {
  const { stream, viewer } = draft
  const { epoch, seq } = row
  if (viewer !== null)
    return [
      { log: { kind: 'thread', stream, viewer }, epoch, seq },
      { log: { kind: 'inbox', stream }, epoch: row.inboxEpoch, seq: row.inboxSeq },
    ]
  const place: Placed = { log: { kind: 'room', stream }, epoch, seq }
  if (row.code === 'dup') return [place]
  const message = toMessage({
    ...row,
    viewerId: null,
    senderId: draft.sender,
    text: draft.text,
    sentAt: row.at,
  })
  return [{ ...place, entry: { seq, at: row.at, event: { type: 'said', message } } }]
}
