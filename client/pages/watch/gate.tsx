// In place of picture and chat: what the stream asks for before it opens, and the way to give it.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ClosedStream } from '../../../shared/api/gates.ts'
import type { Denial } from '../../api.ts'
import { filled } from '../../frame/checks.ts'
import { Failure } from '../../frame/failure.tsx'
import { Form, useForm } from '../../frame/form.tsx'
import { useSession } from '../../frame/session.tsx'
import { paths, signInFrom, signUpFrom } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { LockIcon } from '../../ui/icons.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { TextField } from '../../ui/field.tsx'
import { useEntered } from './entered.ts'
import './gate.css'

/** `invite`: what the link had that this page was opened by. `onEntered`: asks for the stream again. */
type GateProps = { closed: ClosedStream; invite: string | null; onEntered: () => void }

export function Gate(props: GateProps) {
  const { title, host } = props.closed
  const head = useRef<HTMLHeadingElement>(null)
  // What had the focus went with picture and chat.
  useEffect(() => {
    if (document.activeElement === document.body) head.current?.focus()
  }, [])
  return (
    <section class="gate" aria-labelledby="gate">
      <span class="gate-lock">
        <LockIcon size={28} />
      </span>
      <div>
        <h1 id="gate" ref={head} tabIndex={-1}>
          <bdi>{title}</bdi>
        </h1>
        <p class="soft">
          by <bdi>{host.name}</bdi>
        </p>
      </div>
      <Ask {...props} />
    </section>
  )
}

function Ask(props: GateProps) {
  switch (props.closed.gate) {
    case 'passphrase':
      return <Passphrase {...props} />
    case 'invite':
      return props.invite === null ? <NoLink /> : <Link {...props} invite={props.invite} />
    case 'accounts':
      return <Account {...props} />
    case 'members':
      return <Members {...props} />
    case 'public':
    case 'unlisted':
      return <Again text="The stream opens for everybody by now." onAgain={props.onEntered} />
  }
}

function Passphrase({ closed, onEntered }: GateProps) {
  const { api } = useSession()
  const [passphrase, setPassphrase] = useState('')
  const { shut, taken, again } = useEntered(closed)
  const form = useForm({
    check: () => ({ passphrase: filled(passphrase, 'Type the passphrase.') }),
    send() {
      again()
      return api.enter(closed.slug, { passphrase })
    },
    done() {
      taken()
      onEntered()
    },
  })
  return (
    <>
      <p>This stream opens with a passphrase. Ask the host for it.</p>
      {shut && <p role="alert">{STILL_SHUT} Ask for the new passphrase.</p>}
      <Form form={form} label="Enter the stream" submit="Enter">
        <TextField
          label="Passphrase"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={passphrase}
          onValue={setPassphrase}
          error={form.wrong.passphrase}
        />
      </Form>
    </>
  )
}

const STILL_SHUT =
  'That was right, but the stream is closed again: the host changed it just then, or this browser keeps no cookies.'
const ASK_HOST = 'Ask the host for an invite link and open it here.'

function NoLink() {
  return (
    <>
      <p>This stream opens with an invite link alone. {ASK_HOST}</p>
      <p class="soft">Did you come by one before? The host has reset it since, and there is a new one.</p>
      <ButtonLink href={paths.home}>To all streams</ButtonLink>
    </>
  )
}

function Link({ closed, invite, onEntered }: GateProps & { invite: string }) {
  const { api } = useSession()
  const [denial, setDenial] = useState<Denial>()
  const [tries, setTries] = useState(0)
  const { shut, taken, again } = useEntered(closed)
  useEffect(() => {
    let gone = false
    setDenial(undefined)
    again()
    api.enter(closed.slug, { invite }).then((answer) => {
      if (gone) return
      if (answer.ok) {
        taken()
        onEntered()
      } else setDenial(answer.denial)
    }, reportError)
    return () => void (gone = true)
  }, [closed.slug, invite, tries])
  // Most likely the link was reset just then: the second answer says so.
  const first = tries === 0
  useEffect(() => {
    if (shut && first) setTries(1)
  }, [shut, first])
  if (shut && !first)
    return (
      <>
        <p role="alert">
          {STILL_SHUT} {ASK_HOST}
        </p>
        <Button onClick={() => setTries((count) => count + 1)}>Try again</Button>
      </>
    )
  if (!denial)
    return (
      <p class="gate-busy" role="status">
        <Spinner /> Opening your invite link.
      </p>
    )
  if (denial.code !== 'link_wrong')
    return <Failure denial={denial} onRetry={() => setTries((count) => count + 1)} />
  return (
    <>
      <p role="alert">This invite link holds no longer: the host has reset it. {ASK_HOST}</p>
      <ButtonLink href={paths.home}>To all streams</ButtonLink>
    </>
  )
}

function Account({ onEntered }: GateProps) {
  const { me } = useSession()
  if (me?.principal?.kind === 'account')
    return <Again text="You are signed in: the stream is open to you." onAgain={onEntered} />
  return (
    <>
      <p>This stream is for people with an account on this site. It opens here when you come back.</p>
      <SignIn />
    </>
  )
}

function Members({ closed, onEntered }: GateProps) {
  const { me } = useSession()
  const signedIn = me?.principal?.kind === 'account'
  return (
    <>
      <p>
        This stream is for members of <bdi>{closed.host.name}</bdi>.{' '}
        {signedIn
          ? 'Your account is none of them. The host makes people members in the chat of another stream.'
          : 'Are you one? Sign in with the account that is a member.'}
      </p>
      {signedIn ? (
        <div class="row">
          <Button onClick={onEntered}>Check again</Button>
          <ButtonLink variant="quiet" href={paths.home}>
            To all streams
          </ButtonLink>
        </div>
      ) : (
        <SignIn />
      )}
    </>
  )
}

function SignIn() {
  return (
    <div class="row">
      <ButtonLink variant="primary" href={signInFrom()}>
        Sign in
      </ButtonLink>
      <ButtonLink href={signUpFrom()}>Create an account</ButtonLink>
    </div>
  )
}

function Again({ text, onAgain }: { text: string; onAgain: () => void }) {
  return (
    <>
      <p>{text}</p>
      <Button variant="primary" onClick={onAgain}>
        Open it
      </Button>
    </>
  )
}
