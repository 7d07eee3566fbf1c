// How long: the usual lengths as one press each, or a length of one's own.
import { useId } from 'preact/hooks'
import { AlertIcon } from '../../ui/icons.tsx'
import { SPANS, UNITS, spanOf, type Unit } from './spans.ts'

/** `choice`: seconds as a text, `for_good` or `own`; `count` and `unit` are for `own`. */
export type Length = { choice: string; count: string; unit: Unit }

/** Seconds, null for good, or what is wrong. */
export function lengthOf({ choice, count, unit }: Length): number | null | { problem: string } {
  if (choice === 'for_good') return null
  if (choice !== 'own') return Number(choice)
  const span = spanOf(count, unit)
  return 'problem' in span ? span : span.seconds
}

type SpanProps = {
  value: Length
  onValue: (value: Length) => void
  forGood: boolean
  problem: string | undefined
}

export function Span({ value, onValue, forGood, problem }: SpanProps) {
  const id = useId()
  const choices = [
    ...(forGood ? [{ choice: 'for_good', name: 'For good' }] : []),
    ...SPANS.map(({ seconds, name }) => ({ choice: String(seconds), name })),
    { choice: 'own', name: 'Another time' },
  ]
  return (
    <fieldset class="staff-fieldset">
      <legend class="field-label">How long</legend>
      <div class="staff-chips">
        {choices.map(({ choice, name }) => (
          <label key={choice} class="staff-chip">
            <input
              type="radio"
              name={id}
              checked={choice === value.choice}
              onChange={() => onValue({ ...value, choice })}
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
      {value.choice === 'own' && (
        <div class="staff-own">
          <input
            class="input"
            inputMode="numeric"
            aria-label="Number"
            aria-invalid={problem !== undefined ? 'true' : undefined}
            aria-describedby={problem !== undefined ? `${id}-problem` : undefined}
            value={value.count}
            onInput={(event) => onValue({ ...value, count: event.currentTarget.value })}
          />
          <select
            class="input"
            aria-label="Unit"
            value={value.unit}
            onChange={(event) => {
              const unit = UNITS.find((one) => one === event.currentTarget.value)
              if (unit) onValue({ ...value, unit })
            }}
          >
            {UNITS.map((unit) => (
              <option key={unit}>{unit}</option>
            ))}
          </select>
        </div>
      )}
      {problem !== undefined && (
        <p class="field-error" id={`${id}-problem`} role="alert">
          <AlertIcon size={18} /> {problem}
        </p>
      )}
    </fieldset>
  )
}
