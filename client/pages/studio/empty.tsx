// The studio without streams: first steps for a host, the way in for everyone else.
import type { Me } from '../../../shared/api/identity.ts'
import { paths, signInFrom } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { PlusIcon } from '../../ui/icons.tsx'
import { Notice } from '../../ui/notice.tsx'

export function FirstTime({ onCreate }: { onCreate: () => void }) {
  return (
    <section class="panel first-time">
      <h2>Your first show</h2>
      <ol>
        <li>Create a stream: a title is enough.</li>
        <li>Send its link to your viewers. The chat is open already.</li>
        <li>Go live from this browser, with camera, microphone or screen.</li>
      </ol>
      <Button variant="primary" onClick={onCreate}>
        <PlusIcon /> Create a stream
      </Button>
    </section>
  )
}

export function Stranger({ person }: { person: Me['principal'] }) {
  return (
    <>
      <h1>Studio</h1>
      {person?.kind === 'account' ? (
        <Notice title="This account may not host">
          <p>Ask a host of this site for an invite that lets you host streams.</p>
          <ButtonLink href={paths.home}>See what is on</ButtonLink>
        </Notice>
      ) : (
        <Notice title="The studio is for hosts">
          <p>
            Sign in with your account. Starting for the first time? Open the login link that the server
            printed.
          </p>
          <ButtonLink variant="primary" href={signInFrom()}>
            Sign in
          </ButtonLink>
        </Notice>
      )}
    </>
  )
}
