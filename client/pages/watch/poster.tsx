// What stands on the stage while there is no picture: when it starts, or that it is over.
import type { ComponentChildren } from 'preact'
import type { StreamCard } from '../../../shared/api/streams.ts'
import { useNow } from '../../ui/clock.ts'
import { Countdown } from '../../ui/countdown.tsx'
import { agoText, dateText } from '../../ui/time.ts'

/** Inside the player's own overlay. */
export function StartsIn({ startsAt }: { startsAt: number | null }) {
  if (startsAt === null) return <p>The host has not said when. The picture starts here by itself.</p>
  return (
    <>
      <p class="watch-clock">
        <Countdown to={startsAt} />
      </p>
      <p>{dateText(startsAt)}</p>
    </>
  )
}

export function Over({ stream, children }: { stream: StreamCard; children?: ComponentChildren }) {
  const now = useNow(30_000)
  return (
    <div class="watch-poster" role="status">
      <p class="watch-poster-title">The stream is over</p>
      {stream.endedAt !== null && <p>It ended {agoText(stream.endedAt, now)}.</p>}
      {children}
      <p>The chat can still be read here.</p>
    </div>
  )
}
