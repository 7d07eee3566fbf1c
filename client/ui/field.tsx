// A label, a control, its hint and its error, tied together for eyes and for screen readers.
import type { ComponentChildren, InputHTMLAttributes, JSX, PartialInputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'
import { AlertIcon } from './icons.tsx'
import './field.css'

/** Spread these on the control. */
export type ControlAttributes = {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': 'true' | undefined
}

type FieldProps = {
  label: string
  hint?: ComponentChildren
  error?: string | undefined
  optional?: boolean
  children: (control: ControlAttributes) => JSX.Element
}

export function Field({ label, hint, error, optional, children }: FieldProps) {
  const id = useId()
  const described = [error && `${id}-error`, hint !== undefined && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label} {optional && <span class="field-optional">(optional)</span>}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? 'true' : undefined,
      })}
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          <AlertIcon size={18} /> {error}
        </p>
      )}
    </div>
  )
}

type TextFieldProps = Omit<FieldProps, 'children'> & {
  value: string
  onValue: (value: string) => void
  type?: 'text' | 'email' | 'password'
} & Omit<
    PartialInputHTMLAttributes<HTMLInputElement>,
    'value' | 'label' | 'onInput' | 'class' | 'id' | 'role' | 'type'
  >

/** The common case: one line of text. */
export function TextField({ label, hint, error, optional, value, onValue, type, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional ?? false}>
      {(control) => (
        <input
          {...({ ...input, ...control, type: type ?? 'text' } as InputHTMLAttributes)}
          class="input"
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}
