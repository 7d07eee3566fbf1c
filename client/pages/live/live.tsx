// The go-live page: finds the stream and lets its host, and nobody else, onto the stage.
import type { StreamPage } from '../../../shared/api/streams.ts'
import { Failure } from '../../frame/failure.tsx'
import { Frame, OfflineStrip, SiteHeader } from '../../frame/frame.tsx'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { useTitle } from '../../frame/title.ts'
import { abilitiesHere, missing } from '../../media/studio/troubles.ts'
import { paths, signInFrom, slugHere } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Skeleton } from '../../ui/spinner.tsx'
import { Missing } from '../missing/missing.tsx'
import { Encoder, useIngest } from './encoder.tsx'
import { Stage } from './stage.tsx'
import './live.css'

export function LivePage() {
  const slug = slugHere()
  const { api, me } = useSession()
  const { value, denial, loading, reload } = useLoad(() => api.stream(slug))
  useTitle(value ? `Go live: ${value.stream.title}` : 'Go live')
  if (denial?.code === 'not_found') return <Missing />
  if (denial && !value)
    return (
      <Frame narrow>
        <h1>This stream does not open</h1>
        <Failure denial={denial} busy={loading} onRetry={() => void reload().catch(reportError)} />
      </Frame>
    )
  if (!value || !me) return <Waiting />
  if (value.you?.role !== 'host') return <NotHost page={value} signedIn={me.principal?.kind === 'account'} />
  if (value.stream.state === 'ended') return <Over page={value} />
  const trouble = missing(abilitiesHere())
  if (trouble)
    return (
      <Frame narrow>
        <h1>{value.stream.title}</h1>
        <Notice tone="bad" title={trouble.title}>
          <p>{trouble.more}</p>
        </Notice>
        <EncoderAlone slug={value.stream.slug} />
      </Frame>
    )
  return (
    <div class="live">
      <SiteHeader here="studio" />
      <OfflineStrip />
      <main id="main" class="live-main" tabIndex={-1}>
        <Stage page={value} />
      </main>
    </div>
  )
}

/** Where this browser cannot publish, an encoder still can. */
function EncoderAlone({ slug }: { slug: string }) {
  const ingest = useIngest(slug)
  return <Encoder slug={slug} ingest={ingest} unfolded />
}

function NotHost({ page, signedIn }: { page: StreamPage; signedIn: boolean }) {
  return (
    <Frame narrow>
      <h1>{page.stream.title}</h1>
      <Notice title="Only its host goes live here">
        <p>
          {signedIn
            ? `This stream belongs to ${page.stream.host.name}.`
            : 'If this is your stream, sign in with your account.'}
        </p>
        <div class="row">
          {!signedIn && (
            <ButtonLink variant="primary" href={signInFrom()}>
              Sign in
            </ButtonLink>
          )}
          <ButtonLink href={paths.watch(page.stream.slug)}>Watch it</ButtonLink>
        </div>
      </Notice>
    </Frame>
  )
}

function Over({ page }: { page: StreamPage }) {
  return (
    <Frame here="studio" narrow>
      <h1>{page.stream.title}</h1>
      <Notice title="This stream is over">
        <p>
          What was recorded plays on its page, with the chat beside it. You cut, download or delete it there.
        </p>
        <p>A stream goes live once. Create another one for the next show.</p>
        <div class="row">
          <ButtonLink variant="primary" href={paths.watch(page.stream.slug)}>
            Its page
          </ButtonLink>
          <ButtonLink href={paths.studio}>Your streams</ButtonLink>
        </div>
      </Notice>
    </Frame>
  )
}

function Waiting() {
  return (
    <Frame here="studio">
      <div class="stack" aria-busy="true">
        <h1 class="sr-only">Loading the stream</h1>
        <Skeleton class="live-skeleton" />
      </div>
    </Frame>
  )
}
