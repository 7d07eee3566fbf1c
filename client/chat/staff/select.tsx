// One number out of a few, each said in words.
import { Field } from '../../ui/field.tsx'

type SelectProps = {
  label: string
  hint: string
  value: number
  choices: readonly number[]
  say: (value: number) => string
  onValue: (value: number) => void
}

export function Select({ label, hint, value, choices, say, onValue }: SelectProps) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <select
          {...control}
          class="input"
          value={String(value)}
          onChange={(event) => onValue(Number(event.currentTarget.value))}
        >
          {choices.map((choice) => (
            <option key={choice} value={String(choice)}>
              {say(choice)}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
