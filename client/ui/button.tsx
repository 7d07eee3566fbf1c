// Buttons and links that look like them. A busy button keeps its width, its name and the focus.
import type { ButtonHTMLAttributes, ComponentChildren, PartialAnchorHTMLAttributes } from 'preact'
import { Spinner } from './spinner.tsx'
import './button.css'

type Look = {
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  /** Square and round: the children are an icon, so give an `aria-label`. */
  icon?: boolean
  wide?: boolean
}

function classOf({ variant = 'secondary', icon, wide }: Look, more?: string): string {
  return ['button', `button-${variant}`, icon && 'button-icon', wide && 'button-wide', more]
    .filter(Boolean)
    .join(' ')
}

type ButtonProps = Look &
  Omit<ButtonHTMLAttributes, 'class' | 'icon'> & {
    /** Work is under way: presses do nothing, the button stays focusable and says it is busy. */
    busy?: boolean
    class?: string
    children: ComponentChildren
  }

export function Button({
  variant,
  icon,
  wide,
  busy,
  class: more,
  children,
  onClick,
  type,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      class={classOf({ variant, icon, wide } as Look, more)}
      aria-busy={busy ? 'true' : undefined}
      aria-disabled={busy ? 'true' : rest['aria-disabled']}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy && <Spinner />}
      {!(busy && icon) && children}
    </button>
  )
}

type ButtonLinkProps = Look &
  Omit<PartialAnchorHTMLAttributes<HTMLAnchorElement>, 'class' | 'icon' | 'role' | 'href'> & {
    href: string
    class?: string
    children: ComponentChildren
  }

export function ButtonLink({ variant, icon, wide, class: more, children, ...rest }: ButtonLinkProps) {
  return (
    <a {...rest} class={classOf({ variant, icon, wide } as Look, more)}>
      {children}
    </a>
  )
}
