// Whether the composer has to wait (slow mode, a rate limit, a timeout), and what its send button says.
import { useEffect, useState } from 'preact/hooks'
import { countdownText } from '../ui/time.ts'
import type { Chat } from './chat.ts'
import { isPaced, type Lane } from './outbox.ts'
import { ageText, forbids, type Stop } from './stops.ts'
import { useChatState } from './use-chat.ts'

/** `queued`: one message waits its turn already, so the next has to stay where it is. */
export type Wait = {
  queued: boolean
  label: string
  /** On the button, when there is something to count. */ short: string
}

/** Longer does not fit on the button, and nobody watches it. */
const COUNTED_S = 600

export function useWait(chat: Chat, lane: Lane, stop: Stop | undefined): Wait {
  const paced = useChatState(chat, ({ outgoing }) =>
    outgoing.find((item) => item.lane === lane && isPaced(item.delivery)),
  )
  const nextPublicAt = useChatState(chat, (state) => (lane === 'public' ? state.nextPublicAt : 0))
  const until = stop?.until ?? (paced?.delivery.is === 'waiting' ? paced.delivery.until : nextPublicAt)
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
  const label = stop
    ? stoppedLabel(stop, seconds)
    : queued
      ? `Send: one message is waiting, ${seconds} seconds`
      : seconds > 0
        ? `Send in ${seconds} seconds`
        : 'Send'
  const short =
    seconds === 0 || seconds > COUNTED_S
      ? ''
      : seconds < 100
        ? String(seconds)
        : countdownText(seconds * 1_000)
  return { queued, label, short }
}

function stoppedLabel(stop: Stop, seconds: number): string {
  if (!forbids(stop)) return 'Send'
  if (stop.until === null) return 'Send: you cannot write here'
  return `Send: you can write again in ${ageText(seconds)}`
}
