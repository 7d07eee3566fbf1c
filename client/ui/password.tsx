// A password field with a switch to show what was typed: no second "repeat" field is needed.
import { useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { Field } from './field.tsx'
import './password.css'

type PasswordFieldProps = {
  label: string
  value: string
  onValue: (value: string) => void
  /** Tells password managers which one is meant. */
  use: 'current-password' | 'new-password'
  hint?: string
  error?: string | undefined
}

export function PasswordField({ label, value, onValue, use, hint, error }: PasswordFieldProps) {
  const [shown, setShown] = useState(false)
  return (
    <Field label={label} error={error} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <div class="password">
          <input
            {...control}
            class="input"
            {...(shown ? { type: 'text' as const } : { type: 'password' as const })}
            autocomplete={use}
            autocapitalize="none"
            spellcheck={false}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
          <Button
            variant="quiet"
            aria-pressed={shown}
            aria-label={`Show ${label.toLowerCase()}`}
            onClick={() => setShown(!shown)}
          >
            {shown ? 'Hide' : 'Show'}
          </Button>
        </div>
      )}
    </Field>
  )
}
