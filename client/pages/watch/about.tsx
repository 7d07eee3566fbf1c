// What this is: title, host, state, how many watch. The description stands open where there is room, and in a
// dialog where the chat needs it.
import { useState } from 'preact/hooks'
import type { StreamCard } from '../../../shared/api/streams.ts'
import type { StreamState } from '../../../shared/protocol/events.ts'
import { Badge, LiveBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EyeIcon, InfoIcon } from '../../ui/icons.tsx'
import { ShareButton } from './share.tsx'

type AboutProps = { stream: StreamCard; state: StreamState; viewers: number }

export function About({ stream, state, viewers }: AboutProps) {
  const [reading, setReading] = useState(false)
  return (
    <section class="watch-about" aria-label="About this stream">
      <div class="watch-titles">
        <h1 title={stream.title}>{stream.title}</h1>
        <p class="watch-meta">
          {state === 'live' && <LiveBadge />}
          {state === 'ended' && <Badge>Ended</Badge>}
          {state !== 'ended' && viewers > 0 && (
            <span class="viewers">
              <EyeIcon size={16} /> {viewers.toLocaleString()}
              <span class="sr-only"> {viewers === 1 ? 'person' : 'people'} here</span>
            </span>
          )}
          <span class="watch-host">{stream.host.name}</span>
        </p>
      </div>
      <Button
        class="watch-more"
        variant="quiet"
        icon
        aria-label="About this stream"
        onClick={() => setReading(true)}
      >
        <InfoIcon />
      </Button>
      <ShareButton title={stream.title} link={stream.gate.link} />
      {stream.description !== '' && <p class="watch-text">{stream.description}</p>}
      <Dialog open={reading} title={stream.title} onClose={() => setReading(false)}>
        <p class="soft">{stream.host.name}</p>
        <p class="watch-description">{stream.description || 'The host has written nothing about it.'}</p>
      </Dialog>
    </section>
  )
}
