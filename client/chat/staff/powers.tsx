// What can be done about a person. What the server would refuse is not offered.
import type { PersonCard } from '../../../shared/api/chat.ts'
import { Button } from '../../ui/button.tsx'
import { useTask } from '../../ui/task.ts'
import type { Chat } from '../chat.ts'
import type { Desk, Step } from './desk.ts'
import { mayJudge, mayRule } from './rights.ts'
import { useTell } from './tell.ts'

type PowersProps = { chat: Chat; desk: Desk; card: PersonCard; onStep: (step: Step) => void }

export function Powers({ chat, desk, card, onStep }: PowersProps) {
  const { role, ban, timeout, member, blocked } = card
  const { id, name } = card.person
  const judge = mayJudge(desk.you, { id, role })
  const rule = mayRule(desk.you, { id, role })
  if (!judge && !rule) return null
  return (
    <div class="staff-powers" role="group" aria-label={`What to do about ${name}`}>
      {judge && (
        <>
          <Button onClick={() => onStep('timeout')}>{timeout ? 'Change timeout' : 'Time out'}</Button>
          {timeout && <Act act={() => chat.lift(id)} name="End timeout" done={`${name} may write again.`} />}
          <Button variant={ban ? 'secondary' : 'danger'} onClick={() => onStep('ban')}>
            {ban ? 'Change ban' : 'Ban'}
          </Button>
          {ban && <Act act={() => chat.unban(id)} name="Unban" done={`${name} may come back.`} />}
        </>
      )}
      {rule && role === 'viewer' && (
        <>
          <Act
            act={() => chat.appoint(id, false)}
            name="Make moderator here"
            done={`${name} is a moderator of this stream.`}
          />
          <Act
            act={() => chat.appoint(id, true)}
            name="Make moderator of all my streams"
            done={`${name} is a moderator of all your streams.`}
          />
        </>
      )}
      {rule && role === 'moderator' && (
        <Act act={() => chat.dismiss(id)} name="Dismiss as moderator" done={`${name} is no moderator now.`} />
      )}
      {rule && (
        <>
          {member ? (
            <Act act={() => chat.expel(id)} name="End membership" done={`${name} is no member now.`} />
          ) : (
            <Act act={() => chat.enrol(id)} name="Make member" done={`${name} is a member.`} />
          )}
          {blocked ? (
            <Act
              act={() => chat.unblock(id)}
              name="Allow private messages"
              done={`You and ${name} can write in private again.`}
            />
          ) : (
            <Act
              act={() => chat.block(id)}
              name="Block private messages"
              done={`${name} cannot write to you in private now.`}
            />
          )}
        </>
      )}
    </div>
  )
}

/** The button goes when the card hears of it; whoever pressed it by key stays in the card. */
function Act({ act, name, done }: { act: () => Promise<string | null>; name: string; done: string }) {
  const tell = useTell()
  const task = useTask(async () => {
    await tell(act(), done)
  })
  return (
    <Button busy={task.busy} onClick={task.run}>
      {name}
    </Button>
  )
}
