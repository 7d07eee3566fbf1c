// What this is: title, host, state, how many watch, and the description behind a switch on small screens.
import type { StreamCard } from '../../../shared/api/streams.ts'
import type { StreamState } from '../../../shared/protocol/events.ts'
import { Badge, LiveBadge } from '../../ui/badge.tsx'
import { EyeIcon } from '../../ui/icons.tsx'
import { ShareButton } from './share.tsx'

type AboutProps = { stream: StreamCard; state: StreamState; viewers: number }

export function About({ stream, state, viewers }: AboutProps) {
  return (
    <section class="watch-about" aria-label="About this stream">
      <div class="watch-titles">
        <h1 title={stream.title}>{stream.title}</h1>
        <p class="watch-meta">
          {state === 'live' && <LiveBadge />}
          {state === 'ended' && <Badge>Ended</Badge>}
          <span>{stream.host.name}</span>
          {state !== 'ended' && (
            <span class="viewers">
              <EyeIcon size={16} /> {viewers.toLocaleString()}
              <span class="sr-only"> {viewers === 1 ? 'person' : 'people'} here</span>
            </span>
          )}
        </p>
      </div>
      <ShareButton title={stream.title} />
      {stream.description !== '' && <Description text={stream.description} />}
    </section>
  )
}

function Description({ text }: { text: string }) {
  return (
    <details class="watch-text">
      <summary>About this stream</summary>
      <p>{text}</p>
    </details>
  )
}
