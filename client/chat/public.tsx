// What everybody in the stream sees and writes.
import { useEffect, useRef } from 'preact/hooks'
import type { Chat } from './chat.ts'
import { Composer } from './composer.tsx'
import { MessageList, type ListHandle } from './list.tsx'
import { Pinned } from './pinned.tsx'
import { Reactions } from './reactions.tsx'
import { useDesk } from './staff/desk.ts'
import type { Person } from './threads.ts'
import { useChatState } from './use-chat.ts'
import { useReply } from './use-reply.ts'

const NONE = [] as const

type PublicChatProps = { chat: Chat; onWhisper: ((person: Person) => void) | undefined }

export function PublicChat({ chat, onWhisper }: PublicChatProps) {
  const entries = useChatState(chat, ({ room }) => room.logs.room?.entries ?? NONE)
  const outgoing = useChatState(chat, (state) => state.outgoing)
  const [replyTo, setReplyTo] = useReply(entries)
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
        handle={list}
        onReply={setReplyTo}
        onWhisper={onWhisper}
        empty="No messages yet. Say hello."
      />
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
