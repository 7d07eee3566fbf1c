// What its host does with a recording: cut it, take it home, delete it.
import { useState } from 'preact/hooks'
import type { Recording } from '../../../shared/api/recordings.ts'
import { useSession } from '../../frame/session.tsx'
import { denialText } from '../../frame/failure.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { useTask } from '../../ui/task.ts'
import { clockText, dateText } from '../../ui/time.ts'
import { useToast } from '../../ui/toasts.tsx'
import { ScissorsIcon, ToolsIcon } from './icons.tsx'

type ToolsProps = {
  slug: string
  recording: Recording
  /** "Part 2 of 3", where there are several. */
  part: string
  onTrim: () => void
  onDeleted: () => void
}

export function Tools({ slug, recording, part, onTrim, onDeleted }: ToolsProps) {
  const { api } = useSession()
  const toast = useToast()
  const [open, setOpen] = useState(false)
  const [sure, setSure] = useState(false)
  const close = () => {
    setOpen(false)
    setSure(false)
  }
  const remove = useTask(async () => {
    const answer = await api.deleteRecording(slug, recording.id)
    close()
    if (answer.ok) onDeleted()
    else toast(`It is still there. ${denialText(answer.denial)}`, 'bad')
  })
  return (
    <>
      <button type="button" class="player-button" aria-label="Cut the recording" onClick={onTrim}>
        <ScissorsIcon />
      </button>
      <button type="button" class="player-button" aria-label="Recording" onClick={() => setOpen(true)}>
        <ToolsIcon />
      </button>
      <Dialog open={open} title={sure ? 'Delete the recording?' : 'Recording'} onClose={close}>
        {sure ? (
          <>
            <p>
              The picture is deleted for good, for everybody. The chat stays.{' '}
              {part && `This deletes ${part} alone.`}
            </p>
            <DialogActions>
              <Button onClick={() => setSure(false)}>Keep it</Button>
              <Button variant="danger" busy={remove.busy} onClick={remove.run}>
                Delete for good
              </Button>
            </DialogActions>
          </>
        ) : (
          <>
            <p>
              {part && `${part}. `}Filmed {dateText(recording.startedAt)}, plays for{' '}
              {clockText(recording.durationMs)}
              {recording.bytes !== null && `, takes ${bytesText(recording.bytes)}`}.
            </p>
            {recording.fault !== null && <p>{recording.fault}</p>}
            <DialogActions>
              <Button variant="danger" onClick={() => setSure(true)}>
                Delete
              </Button>
              {Array.from({ length: recording.downloads }, (_, i) => (
                <ButtonLink key={i} href={api.recordingFile(slug, recording.id, i + 1)} download>
                  {recording.downloads === 1
                    ? 'Download (MP4)'
                    : `Download ${i + 1} of ${recording.downloads} (MP4)`}
                </ButtonLink>
              ))}
            </DialogActions>
          </>
        )}
      </Dialog>
    </>
  )
}

/** `640 KB`, `1.2 GB`. */
export function bytesText(bytes: number): string {
  const units = ['KB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`
}
