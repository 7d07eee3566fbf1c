// What of the room is drawn. Pure.
import type { Message } from '../../../shared/protocol/events.ts'
import type { Room } from '../../chat/room.ts'

export const MOST_LINES = 30
/** A message that has been there for its time takes this long to go. */
export const FADING_MS = 1_000

/** `at`: Unix ms on the server's clock, when it came into the room. */
export type Line = { message: Message & { text: string }; at: number }

/** The newest, oldest first, without what was deleted or has been there for `fadeMs`. `next`: when the first of
 * them goes by itself, on the same clock as `now`; null: none does. */
export function linesOf(
  room: Room,
  fadeMs: number | null,
  now: number,
): { lines: Line[]; next: number | null } {
  const lines: Line[] = []
  const stays = fadeMs === null ? Infinity : fadeMs + FADING_MS
  for (const { event, at } of room.logs.room?.entries.slice().reverse() ?? []) {
    if (lines.length === MOST_LINES || now - at >= stays) break
    if (event.type !== 'said') continue
    const { text } = event.message
    if (text !== null) lines.unshift({ message: { ...event.message, text }, at })
  }
  const first = lines[0]
  return { lines, next: first && stays !== Infinity ? first.at + stays : null }
}

export function pinOf(room: Room): (Message & { text: string }) | null {
  const text = room.pin?.text ?? null
  return room.pin && text !== null ? { ...room.pin, text } : null
}
