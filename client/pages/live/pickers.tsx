// Which camera, which microphone, how good; with the microphone's level beside its name.
import { useEffect, useRef } from 'preact/hooks'
import { QUALITIES, QUALITY_NAMES, type QualityName } from '../../media/studio/quality.ts'
import type { Device } from '../../media/studio/sources.ts'
import type { Studio } from '../../media/studio/use-studio.ts'
import { Field } from '../../ui/field.tsx'
import { SmallPicture } from './small-picture.tsx'

const NONE = 'none'

export function Pickers({ studio }: { studio: Studio }) {
  const { capture, quality, low } = studio
  const { cameras, microphones } = capture.devices
  return (
    <details class="live-sources" open={roomy()}>
      <summary>Camera, microphone, quality</summary>
      <div class="live-pickers">
        <Field label="Camera">
          {(control) => (
            <select
              {...control}
              class="input"
              value={capture.camera ?? ''}
              onChange={(event) => studio.useCamera(event.currentTarget.value)}
            >
              <Options devices={cameras} chosen={capture.camera} />
            </select>
          )}
        </Field>
        <Field
          label="Microphone"
          error={
            capture.audioTrouble ? `${capture.audioTrouble.title}. ${capture.audioTrouble.more}` : undefined
          }
        >
          {(control) => (
            <>
              <select
                {...control}
                class="input"
                value={capture.microphone ?? NONE}
                onChange={({ currentTarget: { value } }) =>
                  studio.useMicrophone(value === NONE ? null : value)
                }
              >
                {microphones.map(({ id, label }) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
                <option value={NONE}>No microphone (silence)</option>
              </select>
              <Level studio={studio} />
            </>
          )}
        </Field>
        <Field label="Quality">
          {(control) => (
            <select
              {...control}
              class="input"
              value={quality}
              onChange={(event) => studio.setQuality(event.currentTarget.value as QualityName)}
            >
              {QUALITY_NAMES.map((name) => (
                <option key={name} value={name}>
                  {name}, {(QUALITIES[name].kbps / 1000).toFixed(1)} Mbit/s
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {low && <SmallPicture low={low} />}
    </details>
  )
}

/** On a phone the chat is nearer without them; live.css hides the switch where there is room. */
const roomy = (): boolean => matchMedia('(min-width: 40.01rem)').matches

function Options({ devices, chosen }: { devices: Device[]; chosen: string | null }) {
  return (
    <>
      {chosen === null && (
        <option value="" disabled>
          {devices.length === 0 ? 'No camera' : 'Choose a camera'}
        </option>
      )}
      {devices.map(({ id, label }) => (
        <option key={id} value={id}>
          {label}
        </option>
      ))}
    </>
  )
}

/** Drawn on every frame without a render: a meter that lags is no meter. */
function Level({ studio }: { studio: Studio }) {
  const bar = useRef<HTMLSpanElement>(null)
  const read = useRef(studio)
  read.current = studio
  const { muted } = studio.capture
  useEffect(() => {
    let shown = 0
    let frame = requestAnimationFrame(function draw() {
      const level = read.current.level()
      // Up at once, down slowly: peaks stay long enough to be seen.
      shown = Math.max(level, shown - 0.02)
      if (bar.current) bar.current.style.clipPath = `inset(0 ${((1 - shown) * 100).toFixed(1)}% 0 0)`
      frame = requestAnimationFrame(draw)
    })
    return () => cancelAnimationFrame(frame)
  }, [])
  return (
    <span class={`level ${muted ? 'level-muted' : ''}`} role="img" aria-label="Microphone level">
      <span ref={bar} class="level-bar" />
    </span>
  )
}
