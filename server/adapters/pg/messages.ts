// A message as a row, in its present state, and what it quotes.
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Message, Role } from '../../../shared/protocol/index.ts'

/** Of `app.message m`, with `QUOTE` behind it. */
export const MESSAGE = `m.id, m.viewer_id as "viewerId", m.sender_id as "senderId", m.sender_name as "senderName",
  m.sender_role as "senderRole", m.text, m.sent_at as "sentAt",
  q.id as "quoteId", q.sender_name as "quoteName", q.text as "quoteText"`
export const QUOTE = 'left join app.message q on q.id = m.reply_to'

export type MessageRow = {
  id: MessageId
  viewerId: PrincipalId | null
  senderId: PrincipalId
  senderName: string
  senderRole: Role
  text: string | null
  sentAt: number
  quoteId: MessageId | null
  quoteName: string
  quoteText: string | null
}

export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    author: { id: row.senderId, name: row.senderName, role: row.senderRole },
    text: row.text,
    at: row.sentAt,
    ...(row.quoteId === null
      ? {}
      : { replyTo: { id: row.quoteId, name: row.quoteName, text: row.quoteText } }),
  }
}
