// The chat as one column: what is pinned, the messages, reactions, the composer; beside it the private side. What
// is offered follows the role that the welcome named; the server decides.
import { useId, useMemo, useState } from 'preact/hooks'
import { LockIcon } from '../ui/icons.tsx'
import { Announcer } from './announcer.tsx'
import { Banner } from './banner.tsx'
import type { Chat } from './chat.ts'
import { Inbox } from './inbox.tsx'
import { PublicChat } from './public.tsx'
import { SlowControl } from './slow.tsx'
import { Thread } from './thread.tsx'
import { threadsOf, type Person } from './threads.ts'
import { useChatState } from './use-chat.ts'
import './chat.css'

type Side = 'public' | 'private'

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
  return (
    <div class="chat" data-side={side}>
      <div class="chat-head">
        <Tabs id={id} chat={chat} side={side} onSide={setSide} />
        {isHost && <SlowControl chat={chat} />}
      </div>
      <Banner chat={chat} />
      <div id={`${id}-panel`} class="chat-side" role="tabpanel" aria-labelledby={`${id}-${side}`}>
        {side === 'public' && <PublicChat chat={chat} onWhisper={isHost ? whisperTo : undefined} />}
        {side === 'private' && hidden && you && (
          <p class="chat-over">
            The private messages of <bdi>{you.name}</bdi> are hidden.
          </p>
        )}
        {side === 'private' && !hidden && isHost && <Inbox chat={chat} open={open} onOpen={setOpen} />}
        {side === 'private' && !hidden && !isHost && you && host && (
          <Thread chat={chat} viewer={you} other={host} />
        )}
      </div>
      <Announcer chat={chat} />
    </div>
  )
}

type TabsProps = { id: string; chat: Chat; side: Side; onSide: (side: Side) => void }

function Tabs({ id, chat, side, onSide }: TabsProps) {
  const isHost = useChatState(chat, ({ room }) => room.you?.role === 'host')
  const unread = useUnread(chat)
  const tabs: { side: Side; name: string }[] = [
    { side: 'public', name: 'Chat' },
    { side: 'private', name: isHost ? 'Private' : 'To host' },
  ]
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    const next = side === 'public' ? 'private' : 'public'
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
