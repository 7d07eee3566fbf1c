// One private conversation: a viewer's own with the host, or one of the host's. Marked as private wherever one
// writes.
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { LockIcon } from '../ui/icons.tsx'
import type { Chat } from './chat.ts'
import { Composer } from './composer.tsx'
import { MessageList, type ListHandle } from './list.tsx'
import { entriesWith, type Person } from './threads.ts'
import { useChatState } from './use-chat.ts'
import { useReply } from './use-reply.ts'

const NONE = [] as const

/** `viewer` is whose thread it is, `other` whom you talk to. */
export function Thread({ chat, viewer, other }: { chat: Chat; viewer: Person; other: Person }) {
  const isHost = useChatState(chat, ({ room }) => room.you?.role === 'host')
  const log = isHost ? 'inbox' : 'thread'
  const all = useChatState(chat, ({ room }) => room.logs[log]?.entries ?? NONE)
  const outgoing = useChatState(chat, (state) => state.outgoing)
  const [replyTo, setReplyTo] = useReply(all)
  const list = useRef<ListHandle>(null)
  const entries = useMemo(() => entriesWith(all, viewer.id), [all, viewer.id])
  useReadMark(chat, viewer, entries.at(-1)?.seq ?? 0)
  const mine = outgoing.filter(({ lane, to }) => lane === 'private' && (!isHost || to?.id === viewer.id))
  return (
    <>
      <MessageList
        key={viewer.id}
        chat={chat}
        log={log}
        entries={entries}
        outgoing={mine}
        handle={list}
        onReply={setReplyTo}
        empty={`Nothing between you and ${other.name} yet. What you write here, nobody else can read: no other viewer and no moderator.`}
      />
      <p class="chat-private-note">
        <LockIcon size={16} /> {isHost ? `Only ${other.name} sees this` : 'Only the host sees this'}
      </p>
      <Composer
        key={`${viewer.id}-composer`}
        chat={chat}
        lane="private"
        to={isHost ? other : undefined}
        placeholder={`Privately to ${other.name}`}
        replyTo={replyTo}
        onReplyTo={setReplyTo}
        onPosted={() => list.current?.toEnd()}
        onLeave={() => list.current?.focus()}
      />
    </>
  )
}

/** Read is what was on the screen while somebody could look at it. */
function useReadMark(chat: Chat, viewer: Person, seq: number): void {
  useEffect(() => {
    const mark = () => {
      if (document.visibilityState === 'visible') chat.read(viewer.id, seq)
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [chat, viewer.id, seq])
}
