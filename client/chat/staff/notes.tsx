// What host and moderators noted about a person, for each other.
import { useState } from 'preact/hooks'
import type { PersonCard } from '../../../shared/api/chat.ts'
import { LIMITS } from '../../../shared/protocol/limits.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { useTask } from '../../ui/task.ts'
import { dateText } from '../../ui/time.ts'
import type { Chat } from '../chat.ts'
import { pointsIn } from './points.ts'
import { useTell } from './tell.ts'

export function Notes({ chat, card }: { chat: Chat; card: PersonCard }) {
  const { notes } = card
  const tell = useTell()
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const length = pointsIn(text.trim())
  const problem =
    length > LIMITS.noteChars
      ? `Use at most ${LIMITS.noteChars} characters.`
      : tried && length === 0
        ? 'Write something first.'
        : undefined
  const add = useTask(async () => {
    setTried(true)
    if (length === 0 || length > LIMITS.noteChars) return
    if (!(await tell(chat.note(card.person.id, text), 'Noted.'))) return
    setText('')
    setTried(false)
  })
  return (
    <section class="staff-part" aria-label="Notes">
      <h3>Notes</h3>
      {notes.length > 0 && (
        <ul class="staff-list">
          {notes.map((note) => (
            <li key={`${note.at}-${note.by.id}`} class="staff-said">
              <p class="staff-text">
                <bdi>{note.text}</bdi>
              </p>
              <p class="chat-time">
                <bdi>{note.by.name}</bdi>, {dateText(note.at)}
              </p>
            </li>
          ))}
        </ul>
      )}
      <form
        class="staff-form"
        noValidate
        aria-label="Add a note"
        onSubmit={(event) => {
          event.preventDefault()
          add.run()
        }}
      >
        <Field label="Add a note" hint="Host and moderators read it, the person does not." error={problem}>
          {(control) => (
            <textarea
              {...control}
              class="input staff-note"
              rows={2}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="row">
          <Button type="submit" busy={add.busy}>
            Add
          </Button>
        </div>
      </form>
    </section>
  )
}
