// A box to tick, with its words as part of the target.
import type { ComponentChildren } from 'preact'

type CheckProps = {
  checked: boolean
  onChecked: (checked: boolean) => void
  /** What it does, below its name. */
  hint?: string
  children: ComponentChildren
}

export function Check({ checked, onChecked, hint, children }: CheckProps) {
  return (
    <label class="check staff-check">
      <input type="checkbox" checked={checked} onChange={(event) => onChecked(event.currentTarget.checked)} />
      <span>
        {children}
        {hint !== undefined && <span class="staff-hint">{hint}</span>}
      </span>
    </label>
  )
}

type ChoiceProps<T extends string> = {
  legend: string
  name: string
  value: T
  onValue: (value: T) => void
  choices: readonly { value: T; name: string; hint?: string }[]
}

/** One of a few, all in sight. */
export function Choice<T extends string>({ legend, name, value, onValue, choices }: ChoiceProps<T>) {
  return (
    <fieldset class="staff-fieldset">
      <legend class="field-label">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} class="check staff-check">
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onValue(choice.value)}
          />
          <span>
            {choice.name}
            {choice.hint !== undefined && <span class="staff-hint">{choice.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
