// What stands in a message list: messages, notes about the stream, and the writer's own on their way.
import type { MessageId } from '../../shared/ids.ts'
import type { Entry, Message, StreamState, Verdict } from '../../shared/protocol/events.ts'

/** `at`: Unix ms, never before that of the line above. */
export type Line = { key: string; seq: number; at: number } & (
  | { kind: 'message'; message: Message }
  | { kind: 'note'; text: string }
  /** The reader's own words that wait for host or moderators, or stay out; nobody else has this line. */
  | { kind: 'waiting'; message: Message; verdict: Verdict }
)

const STATES: Record<StreamState, string> = {
  scheduled: 'The stream has not started yet',
  live: 'The stream is live',
  ended: 'The stream has ended',
}

/** Undefined for what changes something else on the screen and needs no line. */
export function lineOf({ seq, at, event }: Entry): Line | undefined {
  const key = String(seq)
  switch (event.type) {
    case 'said':
    case 'whispered':
      return { key, seq, at, kind: 'message', message: event.message }
    case 'slowed':
      return { key, seq, at, kind: 'note', text: slowText(event.seconds) }
    case 'stream':
      return { key, seq, at, kind: 'note', text: STATES[event.state] }
    case 'deleted':
    case 'pinned':
    case 'unpinned':
    case 'ruled':
    case 'notice':
    case 'held':
    case 'settled':
    case 'reported':
    case 'resolved':
    case 'moderated':
      return undefined
  }
}

export function slowText(seconds: number): string {
  return seconds === 0 ? 'Slow mode is off' : `Slow mode: one message every ${secondsText(seconds)}`
}

export function secondsText(seconds: number): string {
  if (seconds % 60 !== 0) return `${seconds} seconds`
  return seconds === 60 ? 'minute' : `${seconds / 60} minutes`
}

export function indexOfMessage(lines: readonly Line[], id: MessageId): number {
  return lines.findIndex((line) => line.kind === 'message' && line.message.id === id)
}
