// The big switches: on air and off, sound, and what is shown.
import { useState } from 'preact/hooks'
import type { Studio } from '../../media/studio/use-studio.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { CameraIcon } from '../../ui/icons.tsx'
import { MicIcon, MicOffIcon, ScreenIcon } from './icons.tsx'

export function Actions({ studio }: { studio: Studio }) {
  const { capture } = studio
  const sharing = capture.source === 'screen'
  return (
    <div class="live-actions">
      <OnOff studio={studio} />
      <Button
        aria-pressed={capture.muted}
        onClick={() => studio.mute(!capture.muted)}
        class={capture.muted ? 'live-muted' : ''}
      >
        {capture.muted ? <MicOffIcon /> : <MicIcon />} {capture.muted ? 'Muted' : 'Mute'}
      </Button>
      {sharing ? (
        <Button onClick={() => studio.useCamera(capture.camera)}>
          <CameraIcon /> Back to the camera
        </Button>
      ) : (
        'getDisplayMedia' in navigator.mediaDevices && (
          <Button onClick={() => studio.useScreen()}>
            <ScreenIcon /> Share a screen
          </Button>
        )
      )}
    </div>
  )
}

function OnOff({ studio }: { studio: Studio }) {
  const [asking, setAsking] = useState(false)
  const { phase, server } = studio.broadcast
  const { goLive } = studio
  if (phase.at === 'off' || phase.at === 'over') {
    if (phase.at === 'over' && phase.why === 'ended') return null
    return (
      <Button
        variant="primary"
        class="live-go"
        aria-disabled={goLive ? undefined : 'true'}
        onClick={() => goLive?.()}
      >
        {phase.at === 'over' ? 'Try again' : 'Go live'}
      </Button>
    )
  }
  const viewers = server?.viewers ?? 0
  const end = () => {
    setAsking(false)
    studio.end()
  }
  return (
    <>
      <Button variant="danger" class="live-go" onClick={() => setAsking(true)}>
        End stream
      </Button>
      <Dialog open={asking} title="End the stream?" onClose={() => setAsking(false)}>
        <p>
          {viewers > 0 ? `${viewers.toLocaleString()} watching. ` : ''}The stream ends for everybody and
          cannot be continued.
        </p>
        <DialogActions>
          <Button onClick={() => setAsking(false)}>Stay live</Button>
          <Button variant="danger" onClick={end}>
            End stream
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
