// The people of a stream: who moderates, who is shut out, who is a member, and the way back from each. Moderators
// see what concerns their work.
import { useEffect, useState } from 'preact/hooks'
import type { Team } from '../../../shared/api/chat.ts'
import type { Person } from '../../../shared/protocol/events.ts'
import { Failure } from '../../frame/failure.tsx'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/spinner.tsx'
import { useTask } from '../../ui/task.ts'
import { dateText } from '../../ui/time.ts'
import type { Chat } from '../chat.ts'
import { useChatState } from '../use-chat.ts'
import type { Desk } from './desk.ts'
import { PersonName } from './name.tsx'
import { useTell } from './tell.ts'

type Row = { person: Person; more?: string }
type Part = {
  title: string
  rows: Row[]
  undo: string
  act: (person: Person) => Promise<string | null>
  /** Whose row has no way back for this reader. */
  spared?: (person: Person) => boolean
}

export function TeamList({ chat, desk }: { chat: Chat; desk: Desk }) {
  const { api } = useSession()
  const { value, denial, loading, reload } = useLoad(() => api.team(chat.slug))
  const deeds = useChatState(chat, ({ room }) => room.logs.backstage?.seq ?? 0)
  const [first] = useState(deeds)
  const again = () => void reload().catch(reportError)
  useEffect(() => {
    if (deeds !== first) again()
  }, [deeds])
  if (!value)
    return denial ? (
      <Failure denial={denial} busy={loading} onRetry={again} />
    ) : (
      <>
        <p class="sr-only">Loading the team.</p>
        <Skeleton class="staff-skeleton" />
      </>
    )
  return (
    <>
      {denial && <Failure denial={denial} busy={loading} onRetry={again} />}
      {partsOf(chat, value, desk.you.role === 'host').map((part) => (
        <PartList key={part.title} part={part} />
      ))}
      {desk.you.role === 'host' && (
        <p class="soft">Make somebody a moderator or a member on their card: press a name in the chat.</p>
      )}
    </>
  )
}

function partsOf(chat: Chat, team: Team, isHost: boolean): Part[] {
  const moderates = ({ id }: Person) => team.moderators.some((one) => one.id === id)
  const spared = isHost ? {} : { spared: moderates }
  const why = (reason: string | null) => (reason === null ? '' : `: ${reason}`)
  const parts: Part[] = [
    {
      title: 'Moderators',
      undo: 'Dismiss',
      act: ({ id }) => chat.dismiss(id),
      ...(isHost ? {} : { spared: () => true }),
      rows: team.moderators.map((person) => ({
        person,
        more: person.everywhere ? 'in all your streams' : 'in this stream',
      })),
    },
    {
      title: 'Banned',
      undo: 'Unban',
      act: ({ id }) => chat.unban(id),
      ...spared,
      rows: team.bans.map((person) => ({
        person,
        more: `${person.until === null ? 'for good' : `until ${dateText(person.until)}`}${why(person.reason)}`,
      })),
    },
    {
      title: 'Timed out',
      undo: 'End timeout',
      act: ({ id }) => chat.lift(id),
      ...spared,
      rows: team.timeouts.map((person) => ({
        person,
        more: `until ${dateText(person.until)}${why(person.reason)}`,
      })),
    },
  ]
  if (team.blocked)
    parts.push({
      title: 'Private messages blocked',
      undo: 'Allow',
      act: ({ id }) => chat.unblock(id),
      rows: team.blocked.map((person) => ({ person })),
    })
  if (team.members)
    parts.push({
      title: 'Members',
      undo: 'End membership',
      act: ({ id }) => chat.expel(id),
      rows: team.members.map((person) => ({ person })),
    })
  return parts
}

function PartList({ part: { title, rows, undo, act, spared } }: { part: Part }) {
  return (
    <section class="staff-part" aria-label={title}>
      <h3>{title}</h3>
      {rows.length === 0 && <p class="soft">Nobody.</p>}
      <ul class="staff-list">
        {rows.map(({ person, more }) => (
          <li key={person.id} class="staff-member">
            <p>
              <PersonName person={person} /> {more !== undefined && <span class="soft">{more}</span>}
            </p>
            {!spared?.(person) && <Undo name={undo} person={person} act={() => act(person)} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Undo({ name, person, act }: { name: string; person: Person; act: () => Promise<string | null> }) {
  const tell = useTell()
  const task = useTask(async () => {
    await tell(act())
  })
  return (
    <Button busy={task.busy} aria-label={`${name}: ${person.name}`} onClick={task.run}>
      {name}
    </Button>
  )
}
