// How long and why somebody is timed out or banned, and what goes with it.
import { useState } from 'preact/hooks'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { useTask } from '../../ui/task.ts'
import type { Chat } from '../chat.ts'
import { Check } from './check.tsx'
import type { Opened, Step } from './desk.ts'
import { pointsIn } from './points.ts'
import { Span, lengthOf, type Length } from './span.tsx'
import { useTell } from './tell.ts'

type SanctionProps = {
  chat: Chat
  step: Step
  opened: Opened
  onDone: () => void
  onCancel: () => void
}

const WORDS = {
  timeout: { does: 'They can read but not write in public.', verb: 'Time out', done: 'timed out' },
  ban: { does: 'They are shut out of this stream at once.', verb: 'Ban', done: 'banned' },
} as const

export function Sanction({ chat, step, opened, onDone, onCancel }: SanctionProps) {
  const { person, about } = opened
  const words = WORDS[step]
  const tell = useTell()
  const [length, setLength] = useState<Length>({
    choice: step === 'ban' ? 'for_good' : '600',
    count: '',
    unit: 'minutes',
  })
  const [reason, setReason] = useState('')
  const [wipe, setWipe] = useState(false)
  const [remove, setRemove] = useState(about?.reported === true)
  const [tried, setTried] = useState(false)
  const seconds = lengthOf(length)
  const tooLong = pointsIn(reason.trim()) > LIMITS.reasonChars
  const task = useTask(async () => {
    setTried(true)
    if ((seconds !== null && typeof seconds !== 'number') || tooLong) return
    const act =
      step === 'ban'
        ? chat.ban(person.id, seconds, reason)
        : chat.timeout(person.id, seconds ?? LIMITS.banMaxSeconds, reason)
    if (!(await tell(act, `${person.name} is ${words.done}.`))) return
    // The person first: nothing new is written while the old goes.
    if (wipe) await tell(chat.wipe(person.id))
    if (about && remove && !wipe) await tell(chat.remove(about.message.id))
    if (about?.reported) await tell(chat.resolve(about.message.id))
    onDone()
  })
  return (
    <form
      class="staff-form"
      noValidate
      aria-label={`${words.verb} ${person.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        task.run()
      }}
    >
      <p class="soft">{words.does}</p>
      <Span
        value={length}
        onValue={setLength}
        forGood={step === 'ban'}
        problem={tried && seconds !== null && typeof seconds !== 'number' ? seconds.problem : undefined}
      />
      <TextField
        label="Reason"
        optional
        hint="They read it, and so do the other moderators."
        value={reason}
        onValue={setReason}
        autocomplete="off"
        error={tooLong ? `Use at most ${LIMITS.reasonChars} characters.` : undefined}
      />
      {about && about.message.text !== null && !wipe && (
        <Check checked={remove} onChecked={setRemove}>
          Also delete this message: <q>{about.message.text}</q>
        </Check>
      )}
      {step === 'ban' && (
        <Check checked={wipe} onChecked={setWipe}>
          Also delete their messages (the newest {LIMITS.wipeMessages} in this stream)
        </Check>
      )}
      <div class="row">
        <Button variant="danger" type="submit" busy={task.busy}>
          {words.verb}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  )
}
