// A refusal, said where the content would have been, with the way out that fits it.
import type { Denial } from '../api.ts'
import { signInFrom } from '../paths.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

const TITLES: Partial<Record<Denial['code'], string>> = {
  offline: 'No connection',
  sign_in: 'Sign in first',
  not_allowed: 'Not for this account',
  rate_limited: 'Too many requests',
  internal: 'Something broke on our side',
}

type FailureProps = { denial: Denial; busy?: boolean; onRetry?: () => void }

export function Failure({ denial, busy = false, onRetry }: FailureProps) {
  return (
    <Notice
      tone={denial.code === 'offline' ? 'warn' : 'bad'}
      title={TITLES[denial.code] ?? 'That did not work'}
      speaks
    >
      <p>{denialText(denial)}</p>
      {denial.code === 'sign_in' && (
        <ButtonLink variant="primary" href={signInFrom()}>
          Sign in
        </ButtonLink>
      )}
      {onRetry && (
        <Button busy={busy} onClick={onRetry}>
          Try again
        </Button>
      )}
    </Notice>
  )
}

/** The server's words, with the wait or the id that belongs to them. */
export function denialText({ says, retryAfterMs, fault }: Denial): string {
  const wait = retryAfterMs === undefined ? '' : ` Wait ${seconds(retryAfterMs)}.`
  return `${says}${wait}${fault === undefined ? '' : ` (id ${fault})`}`
}

function seconds(ms: number): string {
  const count = Math.max(1, Math.ceil(ms / 1_000))
  if (count >= 120) return `${Math.ceil(count / 60)} minutes`
  return count === 1 ? '1 second' : `${count} seconds`
}
