// The message that is being replied to, for as long as there is one: its words go from here too when it is deleted.
import { useState } from 'preact/hooks'
import type { Entry, Message } from '../../shared/protocol/events.ts'

export function useReply(entries: readonly Entry[]): [Message | null, (message: Message | null) => void] {
  const [replyTo, setReplyTo] = useState<Message | null>(null)
  return [replyTo && isDeleted(entries, replyTo) ? null : replyTo, setReplyTo]
}

export const isDeleted = (entries: readonly Entry[], { id }: Pick<Message, 'id'>): boolean =>
  entries.some(({ event }) => 'message' in event && event.message.id === id && event.message.text === null)
