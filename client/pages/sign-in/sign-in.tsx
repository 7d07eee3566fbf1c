// Sign in and sign up: one document, the address says which. An invite stays in the fragment, which no server
// or proxy ever sees.
import { useState } from 'preact/hooks'
import type { Me } from '../../../shared/api/identity.ts'
import { Failure } from '../../frame/failure.tsx'
import { Frame } from '../../frame/frame.tsx'
import { useSession } from '../../frame/session.tsx'
import { useTitle } from '../../frame/title.ts'
import { nextHere, paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { SignUpForm } from './sign-up-form.tsx'
import './sign-in.css'

function inviteHere(): string | undefined {
  const token = location.hash.slice(1).replace(/^invite=/, '')
  return token === '' ? undefined : token
}

/** Hosts have work in the studio; everyone else goes back to what they came from. */
function leave(me: Me): void {
  location.assign(nextHere() ?? (me.principal?.canHost ? paths.studio : paths.home))
}

export function SignInPage() {
  const { me, denial, retry } = useSession()
  const [signingUp, setSigningUp] = useState(() => location.pathname === paths.signUp)
  const [email, setEmail] = useState('')
  const title = signingUp ? 'Create an account' : 'Sign in'
  useTitle(title)
  // The same document serves both, so the typed e-mail survives the change.
  const change = (up: boolean) => (event: MouseEvent) => {
    event.preventDefault()
    history.replaceState(null, '', `${up ? paths.signUp : paths.signIn}${location.search}${location.hash}`)
    setSigningUp(up)
  }
  const form = { email, onEmail: setEmail, onDone: leave }
  return (
    <Frame here="sign-in" narrow>
      <h1>{title}</h1>
      {me?.principal?.kind === 'account' && <AlreadyIn me={me} />}
      <div class="stack">
        <nav class="tabs" aria-label="Sign in or create an account">
          <a href={paths.signIn} aria-current={signingUp ? undefined : 'page'} onClick={change(false)}>
            Sign in
          </a>
          <a href={paths.signUp} aria-current={signingUp ? 'page' : undefined} onClick={change(true)}>
            Create an account
          </a>
        </nav>
        {!signingUp && <SignInForm {...form} />}
        {signingUp && denial && <Failure denial={denial} onRetry={retry} />}
        {signingUp && me && <SignUp policy={me.signUp} invite={inviteHere()} {...form} />}
      </div>
    </Frame>
  )
}

function AlreadyIn({ me }: { me: Me }) {
  return (
    <Notice tone="info" title={`You are signed in as ${me.principal?.name ?? ''}`}>
      <div class="row">
        <ButtonLink href={nextHere() ?? paths.home}>Go on</ButtonLink>
        <ButtonLink href={paths.account}>Your account</ButtonLink>
      </div>
    </Notice>
  )
}

type SignUpProps = {
  policy: Me['signUp']
  invite: string | undefined
  email: string
  onEmail: (email: string) => void
  onDone: (me: Me) => void
}

function SignUp({ policy, invite, ...form }: SignUpProps) {
  if (policy === 'closed')
    return (
      <Notice title="Sign-up is closed here">
        <p>
          Ask the host for an account. You can watch and chat without one: just choose a name in the chat.
        </p>
      </Notice>
    )
  if (policy === 'invite' && invite === undefined)
    return (
      <Notice title="Sign-up needs an invite">
        <p>
          Open the invite link that the host sent you; it leads back here. You can watch and chat without an
          account: just choose a name in the chat.
        </p>
      </Notice>
    )
  return <SignUpForm {...form} invite={invite} />
}
