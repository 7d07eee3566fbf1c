// What the viewers will see or are seeing, and what keeps them from it.
import { useEffect, useRef } from 'preact/hooks'
import { browserClock } from '../../clock.ts'
import { useSession } from '../../frame/session.tsx'
import { drawFrom, sendThumbnails } from '../../media/studio/thumbnails.ts'
import type { Studio } from '../../media/studio/use-studio.ts'
import type { Trouble } from '../../media/studio/troubles.ts'
import { slugHere } from '../../paths.ts'
import { Badge, LiveBadge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { useNow } from '../../ui/clock.ts'
import { AlertIcon } from '../../ui/icons.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { clockText } from '../../ui/time.ts'

export function Preview({ studio }: { studio: Studio }) {
  const { capture, broadcast } = studio
  return (
    <div class="preview">
      <Picture track={capture.video} live={broadcast.phase.at === 'live'} />
      <p class="preview-state">
        {broadcast.phase.at === 'live' ? (
          <>
            <LiveBadge /> <OnAir since={broadcast.liveSince} />
          </>
        ) : (
          <Badge>{STATES[broadcast.phase.at]}</Badge>
        )}
      </p>
      {capture.videoTrouble ? (
        <Troubled trouble={capture.videoTrouble} studio={studio} />
      ) : (
        capture.opening &&
        !capture.video && (
          <div class="preview-over" role="status">
            <p class="preview-says">
              <Spinner /> Starting your camera
            </p>
            <p>Allow camera and microphone when the browser asks.</p>
          </div>
        )
      )}
    </div>
  )
}

const STATES = {
  off: 'Preview',
  connecting: 'Connecting',
  reconnecting: 'Reconnecting',
  over: 'Not live',
} as const

function Picture({ track, live }: { track: MediaStreamTrack | null; live: boolean }) {
  const { api } = useSession()
  const ref = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (!live || !ref.current) return
    const send = (jpeg: Blob) => api.thumbnail(slugHere(), jpeg)
    return sendThumbnails({ draw: drawFrom(ref.current), send, clock: browserClock })
  }, [live, api])
  useEffect(() => {
    if (ref.current) ref.current.srcObject = track && new MediaStream([track])
  }, [track])
  return <video ref={ref} class="preview-video" autoplay playsinline muted aria-label="Your picture" />
}

function OnAir({ since }: { since: number | null }) {
  const now = useNow()
  return (
    <span class="preview-clock" role="timer" aria-label="On air for">
      {clockText(now - (since ?? now))}
    </span>
  )
}

function Troubled({ trouble, studio }: { trouble: Trouble; studio: Studio }) {
  return (
    <div class="preview-over preview-trouble" role="alert">
      <p class="preview-says">
        <AlertIcon /> {trouble.title}
      </p>
      <p>{trouble.more}</p>
      {trouble.offer !== 'none' && (
        <div class="row">
          <Button onClick={() => studio.open()}>Try again</Button>
          {'getDisplayMedia' in navigator.mediaDevices && (
            <Button onClick={() => studio.useScreen()}>Share a screen instead</Button>
          )}
        </div>
      )}
    </div>
  )
}
