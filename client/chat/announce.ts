// What a screen reader is told about new messages: each one when the talk is slow, a count when it is fast, so
// that a busy room never talks over its listener.
import type { Entry } from '../../shared/protocol/events.ts'
import { mentions } from './mention.ts'
import { noticeText } from './own.ts'

/** Spoken at most this often. */
export const SPEAK_EVERY_MS = 5_000
const READ_OUT = 2

/** One sentence or two for everything that came since the last time; empty when there is nothing to say. */
export function spoken(entries: readonly Entry[], you: { id: string; name: string }): string {
  const lines: { text: string; calls: boolean }[] = []
  for (const { at, event } of entries) {
    // What moderation did to the listener is always said.
    if (event.type === 'notice') lines.push({ text: noticeText(event.notice, at), calls: true })
    if (event.type !== 'said' && event.type !== 'whispered') continue
    const { author, text } = event.message
    if (author.id === you.id || text === null) continue
    const privately = event.type === 'whispered' ? ', in private' : ''
    const calls = event.type === 'whispered' || mentions(text, you.name)
    lines.push({ text: `${author.name}${privately}: ${text}`, calls })
  }
  if (lines.length <= READ_OUT) return lines.map(({ text }) => text).join('. ')
  const calling = lines.filter(({ calls }) => calls).slice(-READ_OUT)
  return [`${lines.length} new messages`, ...calling.map(({ text }) => text)].join('. ')
}
