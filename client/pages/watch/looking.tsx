// The stage of somebody who looks back: a live picture rewound, or the recordings of what is over.
import { useEffect, useRef } from 'preact/hooks'
import type { StreamPage } from '../../../shared/api/streams.ts'
import { denialText } from '../../frame/failure.tsx'
import type { Picture } from '../../media/picture.ts'
import { Recorded } from '../../media/vod/recorded.tsx'
import { Rewound } from '../../media/vod/rewound.tsx'
import { NoPicture } from './no-picture.tsx'
import { Over } from './poster.tsx'
import { playable, useRecordings } from './recordings.ts'
import type { Back } from './stage.tsx'

export type LookingProps = {
  page: StreamPage
  showing: Back
  picture: Picture
  serverNow: () => number
  muted: boolean
  onMuted: (muted: boolean) => void
  onLive: () => void
  /** The page should be asked again: the stream is closed by now. */
  onStale: () => void
  /** Whether there is a picture that the chat can go along with. */
  onPicture: (there: boolean) => void
}

export function Looking(props: LookingProps) {
  const { page, showing, picture } = props
  const { dvr } = page.playback
  const rewound = showing.is === 'rewound' && dvr !== null
  // A stream that ends under somebody who is behind goes on as its recording, from where they were.
  const last = useRef<number | null>(null)
  last.current = picture.moment() ?? last.current
  useEffect(() => {
    if (rewound) props.onPicture(true)
  }, [rewound])
  if (!rewound) return <Recordings {...props} from={last.current} />
  return (
    <Rewound
      title={page.stream.title}
      dvr={dvr}
      from={showing.from}
      serverNow={props.serverNow}
      picture={picture}
      startMuted={props.muted}
      onMuted={props.onMuted}
      onLive={props.onLive}
    />
  )
}

function Recordings({ page, picture, onPicture, onStale, from }: LookingProps & { from: number | null }) {
  const { stream, you } = page
  const { all, denial, reload } = useRecordings(stream.slug)
  const clips = playable(all)
  const there = clips.length > 0
  const host = you?.role === 'host'
  const shut = denial?.closed !== undefined
  useEffect(() => {
    if (shut) onStale()
  }, [shut])
  useEffect(() => {
    onPicture(there)
    return () => onPicture(false)
  }, [there, onPicture])
  if (there)
    return (
      <Recorded
        slug={stream.slug}
        title={stream.title}
        recordings={clips}
        picture={picture}
        host={host}
        reload={reload}
        from={from}
      />
    )
  const none = denial?.code === 'not_found'
  return (
    <Over stream={stream}>
      <NoPicture host={host} all={none ? [] : all} says={denial && !none ? denialText(denial) : null} />
    </Over>
  )
}
