// One's own account: name, e-mail, password, sessions, and for hosts the invites.
import type { Me } from '../../../shared/api/identity.ts'
import { Failure } from '../../frame/failure.tsx'
import { Frame } from '../../frame/frame.tsx'
import { useSession } from '../../frame/session.tsx'
import { useTitle } from '../../frame/title.ts'
import { paths, signInFrom } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Skeleton } from '../../ui/spinner.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { ClaimForm } from './claim-form.tsx'
import { EmailForm } from './email-form.tsx'
import { Invites } from './invites.tsx'
import { NameForm } from './name-form.tsx'
import { PasswordForm } from './password-form.tsx'
import { Sessions } from './sessions.tsx'
import './account.css'

export type Person = NonNullable<Me['principal']>

export function AccountPage() {
  useTitle('Your account')
  const { me, denial, retry } = useSession()
  return (
    <Frame here="account" narrow>
      <h1>Your account</h1>
      {denial && <Failure denial={denial} onRetry={retry} />}
      {!me && !denial && <Waiting />}
      {me && (me.principal ? <Sections person={me.principal} /> : <Nobody />)}
    </Frame>
  )
}

function Sections({ person }: { person: Person }) {
  if (person.kind === 'guest') return <Guest person={person} />
  if (!person.hasPassword) return <Unclaimed person={person} />
  return (
    <>
      <NameForm person={person} />
      <EmailForm person={person} />
      <PasswordForm />
      {person.canHost && <Invites />}
      <Sessions />
    </>
  )
}

/** Came by a login link and has not chosen how to come back. */
function Unclaimed({ person }: { person: Person }) {
  const { become } = useSession()
  const toast = useToast()
  return (
    <section class="panel">
      <h2>Finish your account</h2>
      <ClaimForm
        person={person}
        submit="Save"
        onDone={(me) => {
          become(me)
          toast('Saved. You can sign in with your e-mail and password from now on.')
        }}
      />
    </section>
  )
}

function Guest({ person }: { person: Person }) {
  return (
    <>
      <Notice title="You are here as a guest">
        <p>This browser knows you; no other does. With an account you keep your name everywhere.</p>
        <div class="row">
          <ButtonLink variant="primary" href={paths.signUp}>
            Create an account
          </ButtonLink>
          <ButtonLink href={signInFrom()}>Sign in</ButtonLink>
        </div>
      </Notice>
      <NameForm person={person} />
    </>
  )
}

function Nobody() {
  return (
    <Notice title="Nobody is signed in here">
      <ButtonLink variant="primary" href={signInFrom()}>
        Sign in
      </ButtonLink>
    </Notice>
  )
}

function Waiting() {
  return (
    <div class="stack" aria-busy="true">
      <p class="sr-only">Loading your account.</p>
      <Skeleton class="account-skeleton" />
      <Skeleton class="account-skeleton" />
    </div>
  )
}
