// Who somebody is: account or guest, since when, under which names, and what is in force against them.
import type { PersonCard } from '../../../shared/api/chat.ts'
import type { Role } from '../../../shared/protocol/events.ts'
import { Badge } from '../../ui/badge.tsx'
import { Countdown } from '../../ui/countdown.tsx'
import { Notice } from '../../ui/notice.tsx'
import { dateText } from '../../ui/time.ts'

const ROLES: Record<Role, string | null> = { host: 'Host', moderator: 'Moderator', viewer: null }

export function Facts({ card }: { card: PersonCard }) {
  const { person, since, role, formerNames, ban, timeout, member, blocked } = card
  const reports = new Set(card.reports.map(({ message }) => message)).size
  return (
    <>
      <p class="staff-facts">
        {ROLES[role] !== null && <Badge>{ROLES[role]}</Badge>}
        {member && <Badge>Member</Badge>}
        {blocked && <Badge>Private messages blocked</Badge>}
        <span>
          {person.guest ? 'Guest' : 'Account'}, here since {dateText(since)}
        </span>
        {reports > 0 && (
          <span>{reports === 1 ? 'One message reported' : `${reports} messages reported`}</span>
        )}
      </p>
      {formerNames.length > 0 && (
        <p class="staff-facts">
          <span>
            Earlier names:{' '}
            {formerNames.map(({ name, until }, index) => (
              <span key={`${name}-${until}`}>
                {index > 0 && ', '}
                <bdi>{name}</bdi> (until {dateText(until)})
              </span>
            ))}
          </span>
        </p>
      )}
      {ban && <InForce what="Banned" {...ban} />}
      {timeout && <InForce what="Timed out" {...timeout} />}
    </>
  )
}

type InForceProps = {
  what: string
  until: number | null
  reason: string | null
  by: { name: string } | null
}

function InForce({ what, until, reason, by }: InForceProps) {
  return (
    <Notice tone="warn" title={until === null ? `${what} for good` : `${what} until ${dateText(until)}`}>
      {until !== null && (
        <p>
          <Countdown to={until} lead="Time left: " passed="It is over." />
        </p>
      )}
      <p>
        {by && (
          <>
            By <bdi>{by.name}</bdi>.{' '}
          </>
        )}
        {reason === null ? 'No reason was given.' : `Why: ${reason}`}
      </p>
    </Notice>
  )
}
