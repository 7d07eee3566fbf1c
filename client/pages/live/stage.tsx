// The host's working place: picture, controls, numbers, and the chat beside them.
import { useState } from 'preact/hooks'
import type { StreamPage } from '../../../shared/api/streams.ts'
import { ChatPanel } from '../../chat/panel.tsx'
import { useChat } from '../../chat/use-chat.ts'
import { useSession } from '../../frame/session.tsx'
import { useStudio, type Studio } from '../../media/studio/use-studio.ts'
import { createPassSource } from '../../pass.ts'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Actions } from './actions.tsx'
import { Encoder, FromEncoder, useIngest } from './encoder.tsx'
import { Delivery } from './delivery.tsx'
import { Numbers } from './numbers.tsx'
import { Overlay } from './overlay.tsx'
import { Pickers } from './pickers.tsx'
import { Preview } from './preview.tsx'
import { Simulcast } from './simulcast.tsx'
import { useGuard } from './guard.ts'

export function Stage({ page }: { page: StreamPage }) {
  const { api } = useSession()
  const { stream } = page
  // Mux makes its own sizes, and takes one picture.
  const studio = useStudio(api, stream.slug, page.playback.provider === 'local')
  const [passes] = useState(() =>
    createPassSource(
      () => api.pass(stream.slug),
      () => Date.now(),
    ),
  )
  const chat = useChat(stream.slug, passes)
  const phase = studio?.broadcast.phase
  const ended = phase?.at === 'over' && phase.why === 'ended'
  const ingest = useIngest(stream.slug)
  const encoding = ingest.value?.publisher?.kind === 'rtmp'
  const [wasEncoding, setWasEncoding] = useState(false)
  if (encoding && !wasEncoding) setWasEncoding(true)
  const wasLive = stream.state === 'live' || wasEncoding
  const published = phase?.at === 'live' || phase?.at === 'reconnecting'
  useGuard(phase !== undefined && phase.at !== 'off' && phase.at !== 'over')
  return (
    <>
      <div class="live-stage">
        <div class="live-head">
          <h1>{stream.title}</h1>
          <CopyButton text={location.origin + paths.watch(stream.slug)}>Copy the viewers’ link</CopyButton>
        </div>
        {studio && (
          <>
            {!ended && !encoding && <Preview studio={studio} />}
            <FromEncoder status={ingest.value} />
            <News studio={studio} wasLive={wasLive && !encoding} />
            {!ended && (
              <>
                <Actions studio={studio} wasLive={wasLive} elsewhere={encoding} />
                {!encoding && (
                  <>
                    <Pickers studio={studio} />
                    <Numbers studio={studio} />
                  </>
                )}
                <Encoder slug={stream.slug} ingest={ingest} />
                <Delivery slug={stream.slug} live={wasLive} counted={published} />
                <Simulcast slug={stream.slug} />
                <Overlay slug={stream.slug} />
              </>
            )}
          </>
        )}
      </div>
      <section class="live-chat" aria-label="Chat">
        <ChatPanel chat={chat} />
      </section>
    </>
  )
}

/** What happened to the broadcast, where the host looks. */
function News({ studio, wasLive }: { studio: Studio; wasLive: boolean }) {
  const { phase } = studio.broadcast
  if (phase.at === 'off' && wasLive)
    return (
      <Notice tone="warn" title="This stream is live without a picture from here">
        <p>Viewers are waiting. Go on with it, or end it.</p>
      </Notice>
    )
  if (phase.at !== 'over') return null
  return phase.why === 'refused' ? (
    <Notice tone="bad" title="You are not live" speaks>
      <p>{phase.says}</p>
    </Notice>
  ) : (
    <Notice title="The stream is over" speaks>
      <p>Your chat stays open for five more minutes.</p>
      <ButtonLink variant="primary" href={paths.studio}>
        Your streams
      </ButtonLink>
    </Notice>
  )
}
