// What is on: live now, coming, just over. Without any of it, what this place is.
import type { HomeStreams, StreamCard } from '../../../shared/api/streams.ts'
import { Failure } from '../../frame/failure.tsx'
import { Frame } from '../../frame/frame.tsx'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { useTitle } from '../../frame/title.ts'
import { Skeleton } from '../../ui/spinner.tsx'
import { Card } from './card.tsx'
import { Welcome } from './welcome.tsx'
import './home.css'

const RELOAD_MS = 15_000

export function HomePage() {
  const { api } = useSession()
  const { value, denial, loading, reload } = useLoad(api.home, RELOAD_MS)
  const live = value?.live.length ?? 0
  useTitle(live > 0 ? `Live now (${live})` : 'What is on')
  return (
    <Frame here="home">
      <h1 class={value && isEmpty(value) ? 'sr-only' : undefined}>What is on</h1>
      {denial && <Failure denial={denial} busy={loading} onRetry={() => void reload().catch(reportError)} />}
      {value ? <Streams streams={value} /> : !denial && <Waiting />}
    </Frame>
  )
}

const isEmpty = ({ live, upcoming, recent }: HomeStreams) =>
  live.length + upcoming.length + recent.length === 0

function Streams({ streams }: { streams: HomeStreams }) {
  if (isEmpty(streams)) return <Welcome />
  return (
    <>
      <Section title="Live now" streams={streams.live} empty="Nobody is on air right now." />
      <Section title="Coming up" streams={streams.upcoming} />
      <Section title="Just over" streams={streams.recent} />
    </>
  )
}

/** An empty section is left out unless it has something to say. */
function Section({ title, streams, empty }: { title: string; streams: StreamCard[]; empty?: string }) {
  if (streams.length === 0 && empty === undefined) return null
  return (
    <section class="stack">
      <h2>{title}</h2>
      {streams.length === 0 ? (
        <p class="soft">{empty}</p>
      ) : (
        <ul class={streams[0]?.state === 'live' ? 'cards cards-live' : 'cards'}>
          {streams.map((stream) => (
            <Card key={stream.id} stream={stream} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Waiting() {
  return (
    <section class="stack" aria-busy="true">
      <p class="sr-only">Loading what is on.</p>
      <div class="cards">
        <Skeleton class="card-skeleton" />
        <Skeleton class="card-skeleton" />
        <Skeleton class="card-skeleton" />
      </div>
    </section>
  )
}
