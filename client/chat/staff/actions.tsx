// What host and moderators may do about the author of a public message, beside what is done to the message itself.
import type { Message } from '../../../shared/protocol/events.ts'
import { ClockIcon, PersonIcon } from '../../ui/icons.tsx'
import { BanIcon } from '../icons.tsx'
import { useDesk } from './desk.ts'
import { mayJudge } from './rights.ts'

export function StaffActions({ message }: { message: Message }) {
  const desk = useDesk()
  const { author } = message
  if (!desk || desk.you.id === author.id) return null
  const about = { message, reported: false }
  return (
    <>
      {mayJudge(desk.you, author) && (
        <>
          <button type="button" onClick={() => desk.open({ person: author, step: 'timeout', about })}>
            <ClockIcon size={18} /> Time out
          </button>
          <button
            type="button"
            class="chat-action-danger"
            onClick={() => desk.open({ person: author, step: 'ban', about })}
          >
            <BanIcon size={18} /> Ban
          </button>
        </>
      )}
      <button type="button" aria-haspopup="dialog" onClick={() => desk.open({ person: author })}>
        <PersonIcon size={18} /> Person
      </button>
    </>
  )
}
