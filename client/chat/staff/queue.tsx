// What waits for a decision: held messages and reports. What somebody else settles goes here too, with a word on
// who did it.
import { useMemo, useState } from 'preact/hooks'
import { heldOpen, reportsOpen, trail } from '../backstage.ts'
import type { Chat } from '../chat.ts'
import { useChatState } from '../use-chat.ts'
import { newsOf } from './deeds.ts'
import type { Desk } from './desk.ts'
import { HeldItem } from './held-item.tsx'
import { useQueueFocus } from './queue-focus.ts'
import { ReportItem } from './report-item.tsx'

export function Queue({ chat, desk }: { chat: Chat; desk: Desk }) {
  const log = useChatState(chat, ({ room }) => room.logs.backstage)
  const gone = useChatState(chat, ({ room }) => room.gone)
  const room = useMemo(() => ({ logs: { ...(log ? { backstage: log } : {}) }, gone }), [log, gone])
  const held = useMemo(() => heldOpen(room), [room])
  const reported = useMemo(() => reportsOpen(room), [room])
  const [since] = useState(log?.seq ?? 0)
  const news = useMemo(() => newsOf(trail(room), since, desk.you.id), [room, since, desk.you.id])
  const keys = useMemo(
    () => [...held.map(({ id }) => `held-${id}`), ...reported.map(({ message }) => `report-${message.id}`)],
    [held, reported],
  )
  const focus = useQueueFocus(keys)
  return (
    <div
      class="staff-scroll"
      ref={focus.box}
      onFocusIn={focus.onFocusIn}
      onFocusOut={focus.onFocusOut}
      onKeyDown={focus.onKeyDown}
    >
      <p class="staff-news" role="status">
        {news}
      </p>
      {held.length > 0 && (
        <section aria-label="Held messages">
          <h3 class="staff-title">Held messages</h3>
          <ul class="staff-list">
            {held.map((one) => (
              <HeldItem
                key={one.id}
                chat={chat}
                held={one}
                all={held.filter(({ author }) => author.id === one.author.id)}
              />
            ))}
          </ul>
        </section>
      )}
      {reported.length > 0 && (
        <section aria-label="Reported messages">
          <h3 class="staff-title">Reported messages</h3>
          <ul class="staff-list">
            {reported.map((one) => (
              <ReportItem key={one.message.id} chat={chat} desk={desk} reported={one} />
            ))}
          </ul>
        </section>
      )}
      {keys.length === 0 ? (
        <p class="chat-empty" data-rest tabIndex={-1}>
          Nothing waits for you. Held and reported messages appear here.
        </p>
      ) : (
        <p class="staff-keys">
          <kbd>↑</kbd> <kbd>↓</kbd> from one to the next. Held: <kbd>A</kbd> approves, <kbd>R</kbd> rejects.
          Reported: <kbd>D</kbd> deletes, <kbd>X</kbd> dismisses.
        </p>
      )}
    </div>
  )
}
