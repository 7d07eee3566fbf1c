// The top of every page: skip link, brand, where one can go, who one is.
import type { Me } from '../../shared/api/identity.ts'
import { paths, signInFrom } from '../paths.ts'
import { Button, ButtonLink } from './button.tsx'
import { PersonIcon } from './icons.tsx'
import { useTask } from './task.ts'
import { ThemeToggle } from './theme.tsx'
import './header.css'

export type Here = 'home' | 'studio' | 'account' | 'sign-in'

type HeaderProps = {
  /** Undefined while it is not known yet. */
  me: Me | undefined
  here?: Here | undefined
  onSignOut: () => Promise<void>
}

export function PageHeader({ me, here, onSignOut }: HeaderProps) {
  const person = me?.principal
  return (
    <>
      <a class="skip-link" href="#main">
        Skip to the content
      </a>
      <header class="header">
        <div class="header-inner">
          <a class="brand" href={paths.home} aria-label="Stagedoor, home">
            <BrandMark />
            Stagedoor
          </a>
          <nav class="header-nav" aria-label="Site">
            {person?.canHost && (
              <ButtonLink
                variant="quiet"
                href={paths.studio}
                aria-current={here === 'studio' ? 'page' : undefined}
              >
                Studio
              </ButtonLink>
            )}
            {me && person?.kind !== 'account' && here !== 'sign-in' && (
              <ButtonLink variant="quiet" href={signInFrom()}>
                Sign in
              </ButtonLink>
            )}
          </nav>
          <ThemeToggle />
          {person && <PersonMenu person={person} onSignOut={onSignOut} />}
        </div>
      </header>
    </>
  )
}

type Person = NonNullable<Me['principal']>

/** A native popover: it closes on Escape and on a press elsewhere without code of ours. */
function PersonMenu({ person, onSignOut }: { person: Person; onSignOut: () => Promise<void> }) {
  const signOut = useTask(onSignOut)
  const account = person.kind === 'account'
  return (
    <>
      <Button variant="quiet" popovertarget="person-menu" aria-label={`${person.name}: your menu`}>
        <PersonIcon />
        <span class="header-name">{person.name}</span>
      </Button>
      <div id="person-menu" class="header-menu" popover="auto">
        <p>
          {account ? 'Signed in as' : 'Here as a guest,'} <strong>{person.name}</strong>
        </p>
        {account && (
          <ButtonLink variant="quiet" href={paths.account}>
            Your account
          </ButtonLink>
        )}
        <Button variant="quiet" busy={signOut.busy} onClick={signOut.run}>
          {account ? 'Sign out' : 'Forget this guest'}
        </Button>
      </div>
    </>
  )
}

/** A door ajar under a lit lamp. */
export function BrandMark({ size = 28 }: { size?: number }) {
  return (
    <svg
      class="brand-mark"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      <rect width="32" height="32" rx="7" fill="#5d1220" />
      <circle cx="16" cy="6.5" r="2.5" fill="#ffd68a" />
      <path d="M10 28V12h12v16z" fill="#f0b257" />
      <path d="M10 28V12l8 2.5v16z" fill="#8f1d2f" />
      <circle cx="16" cy="21.5" r="1.1" fill="#ffd68a" />
    </svg>
  )
}
