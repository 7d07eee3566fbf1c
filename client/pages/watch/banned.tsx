// In place of picture and chat: that one is banned here, why, until when, and what goes on all the same.
import { useEffect, useRef, useState } from 'preact/hooks'
import { clockTime } from '../../ui/time.ts'
import type { Status } from '../../chat/status.ts'
import { useSession } from '../../frame/session.tsx'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Countdown } from '../../ui/countdown.tsx'
import { dateText } from '../../ui/time.ts'

/** A file, as long as this browser is signed in as somebody. */
const OWN_DATA = '/api/me/export'

type Ban = Extract<Status, { at: 'banned' }>
type BannedProps = { title: string; host: string; ban: Ban; onCheck: () => void }

export function Banned({ title, host, ban, onCheck }: BannedProps) {
  const { me } = useSession()
  const checkedAt = useChecked(ban)
  const head = useRef<HTMLHeadingElement>(null)
  // What had the focus went with the chat.
  useEffect(() => {
    if (document.activeElement === document.body) head.current?.focus()
  }, [])
  return (
    <section class="watch-banned" aria-labelledby="banned">
      <h1 id="banned" ref={head} tabIndex={-1}>
        You are banned from this stream
      </h1>
      <p class="soft">
        <bdi>{title}</bdi>, by <bdi>{host}</bdi>
      </p>
      <dl>
        <dt>Why</dt>
        <dd>
          <bdi>{ban.reason ?? 'The host and moderators gave no reason.'}</bdi>
        </dd>
        <dt>Until</dt>
        <dd>
          <Until ban={ban} />
        </dd>
        <dt>What still works</dt>
        <dd>
          Everything else on this site: other streams, and your own data. What you wrote and was not sent
          stays in this browser.
        </dd>
      </dl>
      <p role="status">{checkedAt !== null && `Still banned at ${clockTime(checkedAt)}.`}</p>
      <div class="row">
        <ButtonLink variant="primary" href={paths.home}>
          To all streams
        </ButtonLink>
        {me?.principal && (
          <ButtonLink href={OWN_DATA} download>
            Download your data
          </ButtonLink>
        )}
        <Button variant="quiet" onClick={onCheck}>
          Check again
        </Button>
      </div>
    </section>
  )
}

function Until({ ban: { until, known } }: { ban: Ban }) {
  if (!known) return <>The server has not said yet.</>
  if (until === null) return <>For good, unless the host lifts it.</>
  return (
    <>
      {dateText(until)} (
      <Countdown to={until} lead="in " passed="any moment now" />
      ). The stream comes back here by itself.
    </>
  )
}

/** When the server last said the same again; null before that. */
function useChecked(ban: Ban): number | null {
  const [checkedAt, setCheckedAt] = useState<number | null>(null)
  const before = useRef(ban)
  useEffect(() => {
    if (before.current.known && before.current !== ban) setCheckedAt(Date.now())
    before.current = ban
  }, [ban])
  return checkedAt
}
