// The host's private side: who wrote, how much is unread, and one conversation at a time.
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Button } from '../ui/button.tsx'
import { BackIcon } from './icons.tsx'
import type { Chat } from './chat.ts'
import { clockTime } from '../ui/time.ts'
import { PersonName } from './staff/name.tsx'
import { Thread } from './thread.tsx'
import { threadsOf, type Person, type Thread as Talk } from './threads.ts'
import { useChatState } from './use-chat.ts'
import './inbox.css'

const NONE = [] as const
/** Older private messages fetched by themselves, so that the list names nearly everybody who wrote. */
const FETCHED = 500

type InboxProps = { chat: Chat; open: Person | null; onOpen: (person: Person | null) => void }

export function Inbox({ chat, open, onOpen }: InboxProps) {
  if (!open) return <ThreadList chat={chat} onOpen={onOpen} />
  return (
    <>
      <ThreadHead viewer={open} onBack={() => onOpen(null)} />
      <Thread chat={chat} viewer={open} other={open} />
    </>
  )
}

function ThreadHead({ viewer, onBack }: { viewer: Person; onBack: () => void }) {
  const place = useLanding()
  return (
    <div class="chat-thread-head" ref={place}>
      <Button variant="quiet" icon aria-label="Back to all private conversations" onClick={onBack}>
        <BackIcon />
      </Button>
      <h3>
        <PersonName person={viewer} />
      </h3>
    </div>
  )
}

/** The button that led to this view went with the one before: the focus lands on the first button here. */
function useLanding() {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) place.current?.querySelector('button')?.focus()
  }, [])
  return place
}

function ThreadList({ chat, onOpen }: { chat: Chat; onOpen: (person: Person) => void }) {
  const log = useChatState(chat, ({ room }) => room.logs.inbox)
  const marks = useChatState(chat, (state) => state.marks)
  const you = useChatState(chat, ({ room }) => room.you?.id ?? '')
  const threads = useMemo(() => threadsOf(log?.entries ?? NONE, marks, you), [log, marks, you])
  const place = useLanding()
  const from = log?.from ?? 1
  const fetched = log?.entries.length ?? 0
  const older = () => void chat.older('inbox').catch(reportError)
  useEffect(() => {
    if (from > 1 && fetched < FETCHED) chat.older('inbox').catch(reportError)
  }, [chat, from, fetched])
  if (threads.length === 0)
    return <p class="chat-empty">Nobody has written to you in private yet. What they write appears here.</p>
  return (
    <div class="chat-threads" ref={place}>
      <ul class="chat-thread-list" aria-label="Private conversations">
        {threads.map((talk) => (
          <ThreadItem key={talk.viewer.id} talk={talk} you={you} onOpen={onOpen} />
        ))}
      </ul>
      {from > 1 && fetched >= FETCHED && <Button onClick={older}>Show earlier conversations</Button>}
    </div>
  )
}

type ThreadItemProps = { talk: Talk; you: string; onOpen: (person: Person) => void }

function ThreadItem({ talk: { viewer, latest, unread }, you, onOpen }: ThreadItemProps) {
  return (
    <li>
      <button type="button" class="chat-thread" onClick={() => onOpen(viewer)}>
        <span class="chat-thread-name">
          <bdi>{viewer.name}</bdi>
        </span>
        <time class="chat-time">{clockTime(latest.at)}</time>
        <span class="chat-thread-text">
          {latest.author.id === you && 'You: '}
          {latest.text ?? 'Message deleted'}
        </span>
        {unread > 0 && (
          <span class="chat-count">
            {unread}
            <span class="sr-only"> unread</span>
          </span>
        )}
      </button>
    </li>
  )
}
