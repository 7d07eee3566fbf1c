// The chat as one column: what is pinned, the messages, reactions, the composer; beside it the private side. What
// is offered follows the role that the welcome named; the server decides.
import { useId, useMemo, useState } from 'preact/hooks'
import { LockIcon } from '../ui/icons.tsx'
import { Announcer } from './announcer.tsx'
import { Banner } from './banner.tsx'
import type { Chat } from './chat.ts'
import { Inbox } from './inbox.tsx'
import { PublicChat } from './public.tsx'
import { useWaiting } from './staff/waiting.ts'
import { isStaff } from './staff/rights.ts'
import { StaffSide, WithDesk } from './staff/with-desk.tsx'
import { Thread } from './thread.tsx'
import { threadsOf, type Person } from './threads.ts'
import { useChatState } from './use-chat.ts'
import './chat.css'

type Side = 'public' | 'private' | 'staff'

/** Fills its parent, a flex column or a box of a definite height. Needs the page frame (session, toasts). */
export function ChatPanel({ chat }: { chat: Chat }) {
  const id = useId()
  const you = useChatState(chat, ({ room }) => room.you)
  const host = useChatState(chat, ({ room }) => room.stream?.host)
  const [side, setSide] = useState<Side>('public')
  const [open, setOpen] = useState<Person | null>(null)
  // What the former person wrote and got in private is not for whoever this browser is now.
  const hidden = useChatState(chat, ({ status }) => status.at === 'replaced')
  const isHost = you?.role === 'host'
  const whisperTo = (person: Person) => {
    setOpen(person)
    setSide('private')
  }
  const staff = isStaff(you?.role) && !hidden
  // Whoever is no moderator any more is back among the audience.
  const shown = side === 'staff' && !staff ? 'public' : side
  return (
    <WithDesk chat={chat} onSeek={() => setSide('public')}>
      <div class="chat" data-side={shown}>
        <div class="chat-head">
          <Tabs id={id} chat={chat} side={shown} staff={staff} onSide={setSide} />
        </div>
        <Banner chat={chat} />
        <div id={`${id}-panel`} class="chat-side" role="tabpanel" aria-labelledby={`${id}-${shown}`}>
          {shown === 'public' && <PublicChat chat={chat} onWhisper={isHost ? whisperTo : undefined} />}
          {shown === 'private' && hidden && you && (
            <p class="chat-over">
              The private messages of <bdi>{you.name}</bdi> are hidden.
            </p>
          )}
          {shown === 'private' && !hidden && isHost && <Inbox chat={chat} open={open} onOpen={setOpen} />}
          {shown === 'private' && !hidden && !isHost && you && host && (
            <Thread chat={chat} viewer={you} other={host} />
          )}
          {shown === 'staff' && <StaffSide chat={chat} />}
        </div>
        <Announcer chat={chat} />
      </div>
    </WithDesk>
  )
}

type TabsProps = { id: string; chat: Chat; side: Side; staff: boolean; onSide: (side: Side) => void }

function Tabs({ id, chat, side, staff, onSide }: TabsProps) {
  const isHost = useChatState(chat, ({ room }) => room.you?.role === 'host')
  const unread = useUnread(chat)
  const waiting = useWaiting(chat)
  const tabs: { side: Side; name: string }[] = [
    { side: 'public', name: 'Chat' },
    { side: 'private', name: isHost ? 'Private' : 'To host' },
    ...(staff ? [{ side: 'staff' as const, name: 'Moderation' }] : []),
  ]
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    const step = event.key === 'ArrowRight' ? 1 : tabs.length - 1
    const next = tabs[(tabs.findIndex((tab) => tab.side === side) + step) % tabs.length]?.side ?? 'public'
    onSide(next)
    document.getElementById(`${id}-${next}`)?.focus()
  }
  return (
    <div class="chat-tabs" role="tablist" aria-label="Chat" onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.side}
          id={`${id}-${tab.side}`}
          type="button"
          role="tab"
          class={`chat-tab chat-tab-${tab.side}`}
          aria-selected={tab.side === side}
          aria-controls={`${id}-panel`}
          tabIndex={tab.side === side ? 0 : -1}
          onClick={() => onSide(tab.side)}
        >
          {tab.side === 'private' && <LockIcon size={16} />}
          {tab.name}
          {tab.side === 'private' && unread > 0 && (
            <span class="chat-count">
              {unread}
              <span class="sr-only"> unread</span>
            </span>
          )}
          {tab.side === 'staff' && waiting > 0 && (
            <span class="chat-count chat-count-staff">
              {waiting}
              <span class="sr-only"> to decide</span>
            </span>
          )}
        </button>
      ))}
    </div>
  )
}

function useUnread(chat: Chat): number {
  const you = useChatState(chat, ({ room }) => room.you?.id ?? '')
  const log = useChatState(chat, ({ room }) => room.logs.inbox ?? room.logs.thread)
  const marks = useChatState(chat, (state) => state.marks)
  return useMemo(
    () => threadsOf(log?.entries ?? [], marks, you).reduce((sum, thread) => sum + thread.unread, 0),
    [log, marks, you],
  )
}
