// What moderation did to this person, as lines among the public ones: their words that wait or stay out, and notes.
// All of it comes from the thread's log, so it is there again after a reload, and nobody else sees it.
import type { MessageId } from '../../shared/ids.ts'
import type { Entry, Message, Notice, Verdict } from '../../shared/protocol/events.ts'
import { clockTime, dateText } from '../ui/time.ts'
import type { Line } from './lines.ts'
import type { LogView } from './room.ts'

type Waiting = { message: Message; seq: number; at: number; verdict: Verdict; settledAt: number }

type Logs = { room: LogView | undefined; thread: LogView | undefined }

/** In the order of their times; `seq` is not theirs but of the public line before them (`withOwn`). */
export function ownLines({ room, thread }: Logs): Line[] {
  if (!thread || !room) return []
  const waiting = new Map<MessageId, Waiting>()
  const lines: Line[] = []
  for (const { seq, at, event } of thread.entries) {
    if (event.type !== 'notice') continue
    const { notice } = event
    if (notice.is === 'held') {
      const { message } = notice
      waiting.set(message.id, { message, seq, at, verdict: 'open', settledAt: Infinity })
    } else if (notice.is === 'approved' || notice.is === 'rejected') {
      const known = waiting.get(notice.target)
      if (known) waiting.set(notice.target, { ...known, verdict: notice.is, settledAt: at })
    } else lines.push({ key: `own-${seq}`, seq: 0, at, kind: 'note', text: noticeText(notice, at) })
  }
  for (const one of waiting.values()) lines.push(...wordsOf(one, room))
  return lines.sort((one, other) => one.at - other.at)
}

function wordsOf(one: Waiting, room: LogView): Line[] {
  const { message, seq, at, verdict, settledAt } = one
  if (verdict === 'approved' && isOut(one, room)) return []
  const line: Line = { key: `own-${seq}`, seq: 0, at, kind: 'waiting', message, verdict }
  if (verdict !== 'rejected' || !isAnyBetween(room.entries, at, settledAt)) return [line]
  // The talk has moved on since it was written: say it where the writer looks now.
  const note = `Not published: “${shortened(message.text ?? 'a message of yours')}”`
  return [line, { key: `own-${seq}-verdict`, seq: 0, at: settledAt, kind: 'note', text: note }]
}

/** It took its place in the room, which may come later than the notice: it may be shown with a delay. One whose
 * place is out of memory was written before what is there, and `withOwn` leaves it out. */
const isOut = ({ message }: Waiting, { entries }: LogView) =>
  entries.some(({ event }) => event.type === 'said' && event.message.id === message.id)

const isAnyBetween = (entries: readonly Entry[], from: number, to: number) =>
  entries.some(({ at, event }) => event.type === 'said' && at > from && at <= to)

/** Public lines with the person's own ones at their times. Those from before the oldest public line wait until
 * that far is paged back. */
export function withOwn(lines: readonly Line[], own: readonly Line[], from: number): readonly Line[] {
  const first = lines[0]?.at
  const left = own.filter(({ at }) => from <= 1 || (first !== undefined && at >= first))
  if (left.length === 0) return lines
  const merged: Line[] = []
  let next = 0
  let seq = 0
  for (const line of lines) {
    for (let one = left[next]; one && one.at < line.at; one = left[++next]) merged.push({ ...one, seq })
    merged.push(line)
    seq = line.seq
  }
  return [...merged, ...left.slice(next).map((one) => ({ ...one, seq }))]
}

/** Of this person's words that wait: what an outgoing message may have become before its answer came. */
export function heldOf(thread: LogView | undefined): { seq: number; text: string | null }[] {
  return (thread?.entries ?? []).flatMap(({ seq, event }) =>
    event.type === 'notice' && event.notice.is === 'held' ? [{ seq, text: event.notice.message.text }] : [],
  )
}

/** In words, to be read and to be heard. They stay true: the line stands there also when it is over. `at`: Unix ms. */
export function noticeText(notice: Notice, at: number): string {
  switch (notice.is) {
    case 'held':
      return 'Your message waits for review'
    case 'approved':
      return 'Your message is published'
    case 'rejected':
      return 'Your message was not published'
    case 'timed_out':
      return `You were stopped from writing until ${whenText(notice.until, at)}${because(notice.reason)}`
    case 'timeout_ended':
      return 'You can write again'
    case 'banned':
      return notice.until === null
        ? `You were banned${because(notice.reason)}`
        : `You were banned until ${whenText(notice.until, at)}${because(notice.reason)}`
    case 'unbanned':
      return 'Your ban was ended'
  }
}

/** The day only when it is another one. */
const whenText = (until: number, at: number) =>
  new Date(until).toDateString() === new Date(at).toDateString() ? clockTime(until) : dateText(until, at)
const because = (reason: string | null) => (reason ? `. Reason: ${reason}` : '')

const SHORT = 40
function shortened(text: string): string {
  const letters = Array.from(text)
  return letters.length > SHORT ? `${letters.slice(0, SHORT).join('')}…` : text
}
