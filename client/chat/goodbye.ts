// After the end a chat stays open for a while, for goodbyes. Known from the room's own entry; when that is out of
// sight the server's refusal says the same.
import { useEffect, useState } from 'preact/hooks'
import type { Entry } from '../../shared/protocol/events.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { Chat } from './chat.ts'
import { useChatState } from './use-chat.ts'

/** Unix ms when the chat of an ended stream closes; undefined while it goes on or when that is not known. */
export function closesAt(entries: readonly Entry[]): number | undefined {
  const last = entries.findLast(({ event }) => event.type === 'stream')
  return last?.event.type === 'stream' && last.event.state === 'ended'
    ? last.at + LIMITS.goodbyeMs
    : undefined
}

/** Undefined while the stream goes on. */
export function useGoodbye(chat: Chat): { at: number; over: boolean } | undefined {
  const at = useChatState(chat, ({ room }) =>
    room.stream?.state === 'ended' ? closesAt(room.logs.room?.entries ?? []) : undefined,
  )
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (at === undefined) return
    const timer = setTimeout(() => setNow(Date.now()), Math.max(0, at - Date.now()))
    return () => clearTimeout(timer)
  }, [at])
  return at === undefined ? undefined : { at, over: now >= at }
}
