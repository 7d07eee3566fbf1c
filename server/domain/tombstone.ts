// L6: what is left of an entry once a message is deleted.
import type { MessageId } from '../../shared/ids.ts'
import type { Entry, Message } from '../../shared/protocol/events.ts'

/** The same entry without any text of `target`; the very same object when it holds none. */
export function withoutText(entry: Entry, target: MessageId): Entry {
  const { event } = entry
  if (event.type !== 'said' && event.type !== 'whispered' && event.type !== 'pinned') return entry
  const message = blanked(event.message, target)
  return message === event.message ? entry : { ...entry, event: { ...event, message } }
}

export function blanked(message: Message, target: MessageId): Message {
  const own = message.id === target && message.text !== null
  const quotes = message.replyTo?.id === target && message.replyTo.text !== null
  if (!own && !quotes) return message
  return {
    ...message,
    ...(own ? { text: null } : {}),
    ...(quotes && message.replyTo ? { replyTo: { ...message.replyTo, text: null } } : {}),
  }
}
