// Speaks for the message list: one hidden polite region, a sentence at most every few seconds.
import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import type { Entry, LogName } from '../../shared/protocol/events.ts'
import { PictureDelay } from './aligned.ts'
import { SPEAK_EVERY_MS, spoken } from './announce.ts'
import type { Chat } from './chat.ts'

/** The first line of a quiet room is spoken after this, together with what came with it. */
const GATHER_MS = 500

export function Announcer({ chat }: { chat: Chat }) {
  const [words, setWords] = useState('')
  const spokenAt = useRef(0)
  const delay = useRef<number | null>(null)
  delay.current = useContext(PictureDelay)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const newest = (log: LogName) => chat.state().room.logs[log]?.seq ?? 0
    const marks = {
      room: newest('room'),
      thread: newest('thread'),
      inbox: newest('inbox'),
      backstage: newest('backstage'),
    }

    function speak(): void {
      timer = undefined
      spokenAt.current = Date.now()
      const { room, skew } = chat.state()
      const moment = delay.current === null ? Infinity : Date.now() + skew - delay.current
      const fresh = LOGS.flatMap((log) => {
        const since = marks[log]
        // Nobody is told of what the own list does not show yet.
        const due = log === 'room' ? ({ at }: Entry) => at <= moment : () => true
        const entries = room.logs[log]?.entries.filter((entry) => entry.seq > since && due(entry)) ?? []
        marks[log] = moment === Infinity || log !== 'room' ? newest(log) : (entries.at(-1)?.seq ?? since)
        return entries
      })
      if (room.you && fresh.length > 0) setWords(spoken(fresh, room.you))
      look()
    }
    // What a join brings is history, not news.
    let joined = chat.state().room.you !== null
    const look = () => {
      if (!joined) {
        joined = chat.state().room.you !== null
        for (const log of LOGS) marks[log] = newest(log)
      }
      if (timer !== undefined || LOGS.every((log) => newest(log) <= marks[log])) return
      timer = setTimeout(speak, Math.max(GATHER_MS, spokenAt.current + SPEAK_EVERY_MS - Date.now()))
    }
    const stop = chat.subscribe(look)
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [chat])
  return (
    <div class="sr-only" role="log" aria-live="polite" aria-label="New messages">
      {words}
    </div>
  )
}

const LOGS: readonly LogName[] = ['room', 'thread', 'inbox', 'backstage']
