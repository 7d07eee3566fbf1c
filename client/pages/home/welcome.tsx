// The empty stage: tells a visitor what this is, and a host where to start.
import { useSession } from '../../frame/session.tsx'
import { paths, signInFrom } from '../../paths.ts'
import { BrandMark } from '../../ui/header.tsx'
import { ButtonLink } from '../../ui/button.tsx'

export function Welcome() {
  const { me } = useSession()
  return (
    <section class="welcome stack">
      <BrandMark size={56} />
      <h2>Nothing is on yet</h2>
      <p class="lead">
        This is Stagedoor: live video with a chat beside it. Shows appear here when they are announced or on
        air. What you write to a host in private reaches the host and nobody else.
      </p>
      {me?.principal?.canHost ? (
        <>
          <p>The stage is yours: create a stream, then go live from your browser.</p>
          <ButtonLink variant="primary" href={paths.studio}>
            Open the studio
          </ButtonLink>
        </>
      ) : (
        <>
          <p class="soft">
            Are you the host? Open the login link that the server printed when it started, or sign in if you
            have set a password.
          </p>
          <ButtonLink href={signInFrom(paths.studio)}>Sign in as host</ButtonLink>
        </>
      )}
    </section>
  )
}
