// The big switches: on air and off, sound, and what is shown.
import { useState } from 'preact/hooks'
import { denialText } from '../../frame/failure.tsx'
import type { Studio } from '../../media/studio/use-studio.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { CameraIcon } from '../../ui/icons.tsx'
import { useTask } from '../../ui/task.ts'
import { useToast } from '../../ui/toasts.tsx'
import { MicIcon, MicOffIcon, ScreenIcon } from './icons.tsx'

type Place = {
  studio: Studio
  /** It was live before this page published: it can be gone on with, or ended. */
  wasLive: boolean
  /** Something else publishes it now. */
  elsewhere: boolean
}

export function Actions({ studio, wasLive, elsewhere }: Place) {
  const { capture } = studio
  const sharing = capture.source === 'screen'
  // What is done to the camera here does nothing to the picture that viewers see.
  if (elsewhere)
    return (
      <div class="live-actions">
        <OnOff studio={studio} wasLive={wasLive} elsewhere />
      </div>
    )
  return (
    <div class="live-actions">
      <OnOff studio={studio} wasLive={wasLive} elsewhere={elsewhere} />
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

function OnOff({ studio, wasLive, elsewhere }: Place) {
  const { phase } = studio.broadcast
  const { goLive } = studio
  const onAir = phase.at !== 'off' && phase.at !== 'over'
  return (
    <>
      {!onAir && !elsewhere && (
        <Button
          variant="primary"
          class="live-go"
          aria-disabled={goLive ? undefined : 'true'}
          onClick={() => goLive?.()}
        >
          {phase.at === 'over' ? 'Try again' : wasLive ? 'Go on' : 'Go live'}
        </Button>
      )}
      {(onAir || wasLive) && <End studio={studio} />}
    </>
  )
}

function End({ studio }: { studio: Studio }) {
  const toast = useToast()
  const [asking, setAsking] = useState(false)
  const viewers = studio.broadcast.server?.viewers ?? 0
  const end = useTask(async () => {
    const denial = await studio.end()
    setAsking(false)
    if (denial) toast(`The stream goes on. ${denialText(denial)}`, 'bad')
  })
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
          <Button variant="danger" busy={end.busy} onClick={end.run}>
            End stream
          </Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
