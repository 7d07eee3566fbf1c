// One stream on the home page: what it is, whose, and when.
import type { StreamCard } from '../../../shared/api/streams.ts'
import { paths } from '../../paths.ts'
import { LiveBadge } from '../../ui/badge.tsx'
import { GateBadge } from '../../ui/gate-badge.tsx'
import { useNow } from '../../ui/clock.ts'
import { Countdown } from '../../ui/countdown.tsx'
import { ClockIcon, EyeIcon } from '../../ui/icons.tsx'
import { agoText, dateText, durationText } from '../../ui/time.ts'

export function Card({ stream }: { stream: StreamCard }) {
  return (
    <li class={stream.state === 'live' ? 'card card-live' : 'card'}>
      <p class="card-meta">
        <When stream={stream} />
        <GateBadge kind={stream.gate.kind} />
      </p>
      <h3>
        <a href={paths.watch(stream.slug)}>{stream.title}</a>
      </h3>
      <p class="soft">{stream.host.name}</p>
      {stream.description !== '' && <p class="card-text">{stream.description}</p>}
    </li>
  )
}

function When({ stream }: { stream: StreamCard }) {
  const now = useNow(30_000)
  switch (stream.state) {
    case 'live':
      return (
        <>
          <LiveBadge />
          {stream.gate.kind === 'public' && <Viewers count={stream.viewers} />}
        </>
      )
    case 'scheduled':
      if (stream.startsAt === null) return <span>Starts when the host is ready</span>
      return (
        <>
          <span>
            <ClockIcon size={16} /> {dateText(stream.startsAt, now)}
          </span>
          <span class="card-clock">
            <Countdown to={stream.startsAt} lead="in " />
          </span>
        </>
      )
    case 'ended':
      return <span>{endedText(stream, now)}</span>
  }
}

function endedText({ startedAt, endedAt }: StreamCard, now: number): string {
  if (endedAt === null) return 'Ended'
  const lasted = startedAt === null ? '' : `, lasted ${durationText(endedAt - startedAt)}`
  return `Ended ${agoText(endedAt, now)}${lasted}`
}

export function Viewers({ count }: { count: number }) {
  return (
    <span class="viewers">
      <EyeIcon size={16} /> {count.toLocaleString()} <span>watching</span>
    </span>
  )
}
