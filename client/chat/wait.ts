// Whether the composer has to wait: slow mode or a rate limit, in whole seconds, and what the send button says.
import { useEffect, useState } from 'preact/hooks'
import type { Chat } from './chat.ts'
import { isPaced, type Lane } from './outbox.ts'
import { useChatState } from './use-chat.ts'

/** `queued`: one message waits its turn already, so the next has to stay where it is. */
export type Wait = { seconds: number; queued: boolean; label: string }

export function useWait(chat: Chat, lane: Lane): Wait {
  const paced = useChatState(chat, ({ outgoing }) =>
    outgoing.find((item) => item.lane === lane && isPaced(item.delivery)),
  )
  const nextPublicAt = useChatState(chat, (state) => (lane === 'public' ? state.nextPublicAt : 0))
  const until = paced?.delivery.is === 'waiting' ? paced.delivery.until : nextPublicAt
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    setNow(Date.now())
    if (until <= Date.now()) return
    const timer = setInterval(() => {
      setNow(Date.now())
      if (Date.now() >= until) clearInterval(timer)
    }, 250)
    return () => clearInterval(timer)
  }, [until])
  const seconds = Math.max(0, Math.ceil((until - now) / 1_000))
  const queued = paced !== undefined
  const label = queued
    ? `Send: one message is waiting, ${seconds} seconds`
    : seconds > 0
      ? `Send in ${seconds} seconds`
      : 'Send'
  return { seconds, queued, label }
}
