// Cutting the beginning and the end away: two handles, and the picture where the last one was set.
import { useState } from 'preact/hooks'
import type { Recording } from '../../../shared/api/recordings.ts'
import { clockText } from '../../ui/time.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { trimOf, withEnd, withStart, type Cut } from './cut.ts'

type TrimProps = {
  recording: Recording
  busy: boolean
  /** Shows the picture at this place of what plays now. */
  onLook: (ms: number) => void
  onSave: (trim: Recording['trim']) => void
  onClose: () => void
}

export function Trim({ recording, busy, onLook, onSave, onClose }: TrimProps) {
  const { wholeMs, trim } = recording
  const saved: Cut = { startMs: trim.startMs, endMs: trim.endMs ?? wholeMs }
  const [cut, setCut] = useState(saved)
  const share = (ms: number) => `${(ms / Math.max(1, wholeMs)) * 100}%`
  const set = (next: Cut, at: number) => {
    setCut(next)
    onLook(Math.min(Math.max(0, at - saved.startMs), recording.durationMs))
  }
  const changed = cut.startMs !== saved.startMs || cut.endMs !== saved.endMs
  const isCut = trim.startMs > 0 || trim.endMs !== null
  return (
    <div class="trim" role="group" aria-label="Cut the recording">
      <p class="trim-says">
        <span>
          Plays from {clockText(cut.startMs)} to {clockText(cut.endMs)}
        </span>
        <span>
          {clockText(cut.endMs - cut.startMs)} of {clockText(wholeMs)}
        </span>
      </p>
      <div class="trim-rails">
        <span class="trim-rail" aria-hidden="true" />
        <span
          class="trim-kept"
          aria-hidden="true"
          style={{ left: share(cut.startMs), right: `calc(100% - ${share(cut.endMs)})` }}
        />
        <Handle
          name="Start"
          ms={cut.startMs}
          wholeMs={wholeMs}
          onMs={(ms) => {
            const next = withStart(cut, ms)
            set(next, next.startMs)
          }}
        />
        <Handle
          name="End"
          ms={cut.endMs}
          wholeMs={wholeMs}
          onMs={(ms) => {
            const next = withEnd(cut, ms, wholeMs)
            set(next, next.endMs)
          }}
        />
      </div>
      <div class="trim-buttons">
        <button
          type="button"
          class="player-big"
          aria-disabled={busy || !changed}
          onClick={() => changed && !busy && onSave(trimOf(cut, wholeMs))}
        >
          {busy && <Spinner />} Save
        </button>
        <button
          type="button"
          class="player-big"
          aria-disabled={busy || !isCut}
          onClick={() => isCut && !busy && onSave({ startMs: 0, endMs: null })}
        >
          Reset
        </button>
        <button type="button" class="player-big" onClick={onClose}>
          Cancel
        </button>
      </div>
    </div>
  )
}

type HandleProps = { name: string; ms: number; wholeMs: number; onMs: (ms: number) => void }

function Handle({ name, ms, wholeMs, onMs }: HandleProps) {
  return (
    <input
      type="range"
      aria-label={name}
      aria-valuetext={clockText(ms)}
      min={0}
      max={wholeMs}
      step={100}
      value={ms}
      onInput={(event) => {
        onMs(event.currentTarget.valueAsNumber)
      }}
    />
  )
}
