// The watch page: finds the stream, then shows it before, during and after.
import type { StreamPage } from '../../../shared/api/streams.ts'
import { Failure } from '../../frame/failure.tsx'
import { Frame, OfflineStrip, SiteHeader } from '../../frame/frame.tsx'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { useTitle } from '../../frame/title.ts'
import { slugHere } from '../../paths.ts'
import { Skeleton } from '../../ui/spinner.tsx'
import { Missing } from '../missing/missing.tsx'
import { Room } from './room.tsx'
import { useVisualViewport } from './viewport.ts'
import './watch.css'

/** Titles and times can be edited; everything quick comes over the chat's socket. */
const RELOAD_MS = 60_000

export function WatchPage() {
  const slug = slugHere()
  const { api } = useSession()
  const { value, denial, loading, reload } = useLoad(() => api.stream(slug), RELOAD_MS)
  useTitle(value?.stream.title ?? 'Watch')
  if (value) return <Stage page={value} onStale={() => void reload().catch(reportError)} />
  if (denial?.code === 'not_found') return <Missing />
  if (denial)
    return (
      <Frame narrow>
        <h1>This stream does not open</h1>
        <Failure denial={denial} busy={loading} onRetry={() => void reload().catch(reportError)} />
      </Frame>
    )
  return <Waiting />
}

function Stage({ page, onStale }: { page: StreamPage; onStale: () => void }) {
  useVisualViewport()
  return (
    <div class="watch">
      <SiteHeader />
      <OfflineStrip />
      <main id="main" class="watch-main" tabIndex={-1}>
        <Room page={page} onStale={onStale} />
      </main>
    </div>
  )
}

/** The same plan as the page itself, so that nothing jumps when it comes. */
function Waiting() {
  return (
    <div class="watch" aria-busy="true">
      <SiteHeader />
      <main id="main" class="watch-main" tabIndex={-1}>
        <div class="watch-stage">
          <div class="watch-poster" />
        </div>
        <div class="watch-about">
          <h1 class="sr-only">Loading the stream</h1>
          <Skeleton class="watch-skeleton" />
        </div>
        <div class="watch-chat" />
      </main>
    </div>
  )
}
