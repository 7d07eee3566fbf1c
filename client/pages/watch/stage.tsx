// The picture of a watch page: live, rewound, or recorded. Looking back is fetched when somebody does.
import { useRef } from 'preact/hooks'
import type { StreamPage } from '../../../shared/api/streams.ts'
import type { StreamState } from '../../../shared/protocol/events.ts'
import { denialText } from '../../frame/failure.tsx'
import type { Chunk } from '../../frame/chunk.ts'
import type { Picture } from '../../media/picture.ts'
import { Player } from '../../media/player/player.tsx'
import type { PassSource } from '../../pass.ts'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import type * as PastModule from './past.ts'
import { NoPicture, Over, StartsIn } from './poster.tsx'
import { playable, type RecordingsLoad } from './recordings.ts'

export type Past = typeof PastModule
export type Showing = { is: 'live' } | { is: 'rewound'; from: number } | { is: 'recorded' }

type StageProps = {
  page: StreamPage
  state: StreamState
  passes: PassSource
  past: Chunk<Past>
  showing: Showing
  recordings: RecordingsLoad
  picture: Picture
  serverNow: () => number
  onShow: (showing: Showing) => void
  onDelay: (ms: number | null) => void
}

export function Stage(props: StageProps) {
  const { page, past, showing, picture, serverNow, onShow } = props
  const { stream, playback } = page
  const muted = useRef(true)
  const onMuted = (now: boolean) => {
    muted.current = now
  }
  if (showing.is === 'recorded') return <Recording {...props} />
  const { dvr } = playback
  if (showing.is === 'rewound' && dvr !== null && past.value)
    return (
      <past.value.Rewound
        title={stream.title}
        dvr={dvr}
        from={showing.from}
        serverNow={serverNow}
        picture={picture}
        startMuted={muted.current}
        onMuted={onMuted}
        onLive={() => onShow({ is: 'live' })}
      />
    )
  const watch = playable(props.recordings.all).length > 0
  return (
    <Player
      title={stream.title}
      playback={playback}
      passes={props.passes}
      streamState={props.state}
      waiting={<StartsIn startsAt={stream.startsAt} />}
      over={watch && <Button onClick={() => onShow({ is: 'recorded' })}>Watch the recording</Button>}
      muted={muted.current}
      onMuted={onMuted}
      onDelay={props.onDelay}
      onBack={
        dvr === null ? undefined : (ms, delay) => onShow({ is: 'rewound', from: serverNow() - delay - ms })
      }
    />
  )
}

function Recording({ page, past, recordings, picture }: StageProps) {
  const { stream, you } = page
  const clips = playable(recordings.all)
  if (clips.length > 0 && past.value)
    return (
      <past.value.Recorded
        slug={stream.slug}
        title={stream.title}
        recordings={clips}
        picture={picture}
        host={you?.role === 'host'}
        reload={recordings.reload}
      />
    )
  const { denial } = recordings
  const says = denial && denial.code !== 'not_found' ? denialText(denial) : null
  return (
    <Over stream={stream}>
      {clips.length > 0 && past.failed && (
        <>
          <p>The player does not load.</p>
          <Button onClick={past.retry}>Try again</Button>
        </>
      )}
      {clips.length > 0 && !past.failed && (
        <p>
          <Spinner />
          <span class="sr-only">Loading the player</span>
        </p>
      )}
      {clips.length === 0 && (
        <NoPicture
          host={you?.role === 'host'}
          all={denial?.code === 'not_found' ? [] : recordings.all}
          says={says}
        />
      )}
    </Over>
  )
}
