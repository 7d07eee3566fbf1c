// The picture of a watch page: live, or of earlier. Looking back is fetched when somebody does.
import { useRef, useState } from 'preact/hooks'
import type { StreamPage } from '../../../shared/api/streams.ts'
import type { StreamState } from '../../../shared/protocol/events.ts'
import { browserClock } from '../../clock.ts'
import type { Chunk } from '../../frame/chunk.ts'
import { useSession } from '../../frame/session.tsx'
import type { Picture } from '../../media/picture.ts'
import { createBehind } from '../../media/player/delay-reports.ts'
import { Player } from '../../media/player/player.tsx'
import type { PassSource } from '../../pass.ts'
import { Button } from '../../ui/button.tsx'
import type * as PastModule from './past.ts'
import { Over, StartsIn } from './poster.tsx'

export type Past = typeof PastModule
/** `from`: the moment to begin at, Unix ms on the server's clock. */
export type Back = { is: 'rewound'; from: number } | { is: 'recorded' }
export type Showing = { is: 'live' } | Back

type StageProps = {
  page: StreamPage
  /** The page should be asked again. */
  onStale: () => void
  state: StreamState
  passes: PassSource
  past: Chunk<Past>
  showing: Showing
  picture: Picture
  serverNow: () => number
  onShow: (showing: Showing) => void
  onDelay: (ms: number | null) => void
  onPicture: (there: boolean) => void
}

export function Stage(props: StageProps) {
  const { page, state, past, showing, picture, serverNow, onShow, onPicture } = props
  const { stream, playback } = page
  const { api } = useSession()
  const [behind] = useState(() =>
    createBehind({ now: serverNow, clock: browserClock, send: (ms) => api.delay(stream.slug, { ms }) }),
  )
  const muted = useRef(true)
  const onMuted = (now: boolean) => {
    muted.current = now
  }
  if (showing.is !== 'live' && past.value)
    return (
      <past.value.Looking
        page={page}
        showing={showing}
        picture={picture}
        serverNow={serverNow}
        muted={muted.current}
        onMuted={onMuted}
        onLive={() => onShow({ is: 'live' })}
        onStale={props.onStale}
        onPicture={onPicture}
      />
    )
  if (showing.is === 'recorded')
    return (
      <Over stream={stream}>{past.failed && <Button onClick={past.retry}>Load the recording</Button>}</Over>
    )
  const { dvr } = playback
  return (
    <Player
      title={stream.title}
      playback={playback}
      passes={props.passes}
      behind={behind}
      streamState={state}
      onStale={props.onStale}
      waiting={<StartsIn startsAt={stream.startsAt} />}
      over={
        past.value &&
        state === 'ended' && (
          <past.value.Offer slug={stream.slug} onWatch={() => onShow({ is: 'recorded' })} />
        )
      }
      muted={muted.current}
      onMuted={onMuted}
      onDelay={props.onDelay}
      onBack={
        dvr === null ? undefined : (ms, delay) => onShow({ is: 'rewound', from: serverNow() - delay - ms })
      }
    />
  )
}
