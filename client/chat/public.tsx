// What everybody in the stream sees and writes.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Message } from '../../shared/protocol/events.ts'
import { useAligned } from './aligned.ts'
import type { Chat } from './chat.ts'
import { Composer } from './composer.tsx'
import { MessageList, type ListHandle } from './list.tsx'
import { ownLines } from './own.ts'
import { Pinned } from './pinned.tsx'
import { Reactions } from './reactions.tsx'
import { Report } from './report.tsx'
import { useDesk } from './staff/desk.ts'
import type { Person } from './threads.ts'
import { useChatState } from './use-chat.ts'
import { useReply } from './use-reply.ts'

const NONE = [] as const

type PublicChatProps = { chat: Chat; onWhisper: ((person: Person) => void) | undefined }

export function PublicChat({ chat, onWhisper }: PublicChatProps) {
  const all = useChatState(chat, ({ room }) => room.logs.room?.entries ?? NONE)
  const youId = useChatState(chat, ({ room }) => room.you?.id)
  const skew = useChatState(chat, (state) => state.skew)
  const entries = useAligned(all, youId, skew)
  const outgoing = useChatState(chat, (state) => state.outgoing)
  const [replyTo, setReplyTo] = useReply(entries)
  const own = useOwnLines(chat)
  const isHost = useChatState(chat, ({ room }) => room.you?.role === 'host')
  const [reporting, setReporting] = useState<Message | null>(null)
  const list = useRef<ListHandle>(null)
  const desk = useDesk()
  useEffect(() => {
    if (!desk?.sought) return
    list.current?.jump(desk.sought)
    desk.found()
  }, [desk?.sought])
  return (
    <>
      <Pinned chat={chat} onJump={(id) => list.current?.jump(id)} onLeave={() => list.current?.focus()} />
      <MessageList
        chat={chat}
        log="room"
        entries={entries}
        outgoing={outgoing.filter(({ lane }) => lane === 'public')}
        own={own}
        handle={list}
        onReport={isHost ? undefined : setReporting}
        onReply={setReplyTo}
        onWhisper={onWhisper}
        empty="No messages yet. Say hello."
      />
      <Report chat={chat} message={reporting} onClose={() => setReporting(null)} />
      <Reactions chat={chat} />
      <Composer
        chat={chat}
        lane="public"
        placeholder="Message everyone"
        replyTo={replyTo}
        onReplyTo={setReplyTo}
        onPosted={() => list.current?.toEnd()}
        onLeave={() => list.current?.focus()}
      />
    </>
  )
}

/** How far back one's own notes are fetched along with the messages that are paged back. */
const FETCHED = 300

/** Of this person alone; another one whom this browser has become does not see them. */
function useOwnLines(chat: Chat) {
  const room = useChatState(chat, ({ room }) => room.logs.room)
  const thread = useChatState(chat, ({ room }) => room.logs.thread)
  const hidden = useChatState(chat, ({ status }) => status.at === 'replaced')
  const first = room?.entries[0]?.at
  const since = thread?.entries[0]?.at
  const more = thread !== undefined && thread.from > 1 && thread.entries.length < FETCHED
  const behind = more && first !== undefined && since !== undefined && since > first
  useEffect(() => {
    if (behind) chat.older('thread').catch(reportError)
  }, [chat, behind, since])
  return useMemo(() => (hidden ? [] : ownLines({ room, thread })), [room, thread, hidden])
}
