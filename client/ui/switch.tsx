// Something that is on or off, at once and without a button to confirm it.
import type { ComponentChildren } from 'preact'
import './switch.css'

type SwitchProps = {
  on: boolean
  onChange: (on: boolean) => void
  /** Id of what explains it. */
  describedBy?: string
  /** Its name. */
  children: ComponentChildren
}

export function Switch({ on, onChange, describedBy, children }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
        checked={on}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  )
}
