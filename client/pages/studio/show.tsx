// One of the host's own streams: its state and what can be done with it now.
import type { StreamCard } from '../../../shared/api/streams.ts'
import { paths } from '../../paths.ts'
import { Badge, LiveBadge } from '../../ui/badge.tsx'
import { GateBadge } from '../../ui/gate-badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { useNow } from '../../ui/clock.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { Countdown } from '../../ui/countdown.tsx'
import { CameraIcon, EditIcon, EyeIcon } from '../../ui/icons.tsx'
import { agoText, dateText, durationText } from '../../ui/time.ts'

const LIVE_LABEL = { scheduled: 'Go live', live: 'Back to the live studio' } as const

export function Show({ stream, onEdit }: { stream: StreamCard; onEdit: () => void }) {
  const watch = paths.watch(stream.slug)
  return (
    <li class="show" id={`show-${stream.id}`} tabIndex={-1}>
      <h2 class="show-title">{stream.title}</h2>
      <p class="show-meta">
        <State stream={stream} />
        <GateBadge kind={stream.gate.kind} />
      </p>
      <p class="soft address">{`${location.host}${watch}`}</p>
      <div class="row">
        {stream.state !== 'ended' && (
          <ButtonLink
            variant="primary"
            href={paths.golive(stream.slug)}
            aria-label={`${LIVE_LABEL[stream.state]}: ${stream.title}`}
          >
            <CameraIcon /> {LIVE_LABEL[stream.state]}
          </ButtonLink>
        )}
        <ButtonLink href={watch} aria-label={`Watch page: ${stream.title}`}>
          Watch page
        </ButtonLink>
        <CopyButton text={stream.gate.link ?? `${location.origin}${watch}`}>
          {stream.gate.link === undefined ? 'Copy link' : 'Copy invite link'}
          <span class="sr-only">: {stream.title}</span>
        </CopyButton>
        <Button variant="quiet" onClick={onEdit} aria-label={`Edit: ${stream.title}`}>
          <EditIcon /> Edit
        </Button>
      </div>
    </li>
  )
}

function State({ stream }: { stream: StreamCard }) {
  const now = useNow(30_000)
  switch (stream.state) {
    case 'live':
      return (
        <>
          <LiveBadge />
          <span class="viewers">
            <EyeIcon size={16} /> {stream.viewers.toLocaleString()} watching
          </span>
        </>
      )
    case 'scheduled':
      return (
        <>
          <Badge>Scheduled</Badge>
          {stream.startsAt === null ? (
            <span>Starts when you go live</span>
          ) : (
            <span>
              {dateText(stream.startsAt, now)},{' '}
              <Countdown to={stream.startsAt} lead="in " passed="time to go live" />
            </span>
          )}
        </>
      )
    case 'ended':
      return (
        <>
          <Badge>Ended</Badge>
          <span>
            {stream.endedAt !== null && agoText(stream.endedAt, now)}
            {stream.endedAt !== null &&
              stream.startedAt !== null &&
              `, lasted ${durationText(stream.endedAt - stream.startedAt)}`}
          </span>
        </>
      )
  }
}
