// What stands on the stage while there is no picture: when it starts, or that it is over and what is left of it.
import type { ComponentChildren } from 'preact'
import type { Recording } from '../../../shared/api/recordings.ts'
import type { StreamCard } from '../../../shared/api/streams.ts'
import { useNow } from '../../ui/clock.ts'
import { Countdown } from '../../ui/countdown.tsx'
import { Spinner } from '../../ui/spinner.tsx'
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

type NoPictureProps = { all: readonly Recording[] | null; says: string | null; host: boolean }

/** Why no recording plays; `all` null: not known yet. What went wrong is for its host alone. */
export function NoPicture({ all, says, host }: NoPictureProps) {
  if (says !== null) return <p>Its recording does not load. {says}</p>
  if (all === null)
    return (
      <p>
        <Spinner />
        <span class="sr-only">Looking for its recording</span>
      </p>
    )
  if (all.some(({ state }) => state === 'recording'))
    return (
      <p class="watch-preparing">
        <Spinner /> Its recording is being prepared.
      </p>
    )
  if (all.length === 0) return <p>It was not recorded.</p>
  return <p>Its recording failed. {host && all.find(({ fault }) => fault !== null)?.fault}</p>
}
