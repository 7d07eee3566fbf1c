// The door for a one-time login link: takes the token out of the address, redeems it once, then offers to set
// what is needed to come back without a link.
import { useEffect, useState } from 'preact/hooks'
import type { Me } from '../../../shared/api/identity.ts'
import type { Denial } from '../../api.ts'
import { Failure } from '../../frame/failure.tsx'
import { Frame } from '../../frame/frame.tsx'
import { useSession } from '../../frame/session.tsx'
import { useTitle } from '../../frame/title.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useTask } from '../../ui/task.ts'
import { ClaimForm } from '../account/claim-form.tsx'

/** Read once and wiped from the address: it must not stay in the history or end in a screenshot. */
function takeToken(): string {
  const token = location.hash.slice(1)
  if (token !== '') history.replaceState(null, '', location.pathname)
  return token
}

const goOn = (me: Me) => location.assign(me.principal?.canHost ? paths.studio : paths.home)

export function EnterPage() {
  useTitle('Enter')
  const { api, become } = useSession()
  const [token] = useState(takeToken)
  const [entered, setEntered] = useState<Me>()
  const [denial, setDenial] = useState<Denial>()
  const redeem = useTask(async () => {
    setDenial(undefined)
    const answer = await api.signInByLink({ token })
    if (!answer.ok) {
      setDenial(answer.denial)
      return
    }
    become(answer.value)
    if (answer.value.principal?.hasPassword) goOn(answer.value)
    else setEntered(answer.value)
  })
  useEffect(() => {
    if (token !== '') redeem.run()
    // Where this page is open already, a pasted link changes the fragment alone and loads nothing.
    const reload = () => location.hash !== '' && location.reload()
    addEventListener('hashchange', reload)
    return () => removeEventListener('hashchange', reload)
  }, [])

  return (
    <Frame narrow>
      <h1>{entered ? 'You are in' : 'Entering'}</h1>
      {token === '' && <NoToken />}
      {redeem.busy && (
        <p class="row" role="status">
          <Spinner /> Checking your link.
        </p>
      )}
      {denial && <Refused denial={denial} onRetry={redeem.run} />}
      {entered?.principal && (
        <ClaimForm
          person={entered.principal}
          submit="Save and go on"
          onDone={goOn}
          actions={
            <Button variant="quiet" onClick={() => goOn(entered)}>
              Later
            </Button>
          }
        />
      )}
    </Frame>
  )
}

function NoToken() {
  return (
    <Notice tone="warn" title="This page needs a login link">
      <p>Open the whole link, with everything after the # sign. The server prints it when it starts.</p>
      <ButtonLink href={paths.signIn}>Sign in with a password</ButtonLink>
    </Notice>
  )
}

/** A link that was refused stays refused; silence and haste can be tried again. */
function Refused({ denial, onRetry }: { denial: Denial; onRetry: () => void }) {
  if (denial.code !== 'link_used' && denial.code !== 'bad_request')
    return <Failure denial={denial} onRetry={onRetry} />
  return (
    <Notice tone="bad" title="This link does not open the door" speaks>
      <p>
        {denial.code === 'link_used'
          ? 'It was used already or has expired: each link works once.'
          : 'It is incomplete. Copy all of it, with everything after the # sign.'}
      </p>
      <p>As the host you find a new link in the output of the server when it starts again.</p>
      <ButtonLink href={paths.signIn}>Sign in with a password</ButtonLink>
    </Notice>
  )
}
