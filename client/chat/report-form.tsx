// What is wrong with somebody else's public message; fetched by who reports one.
import { useState } from 'preact/hooks'
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { Message, ReportReason } from '../../shared/protocol/events.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { useTask } from '../ui/task.ts'
import { useToast } from '../ui/toasts.tsx'
import type { Chat } from './chat.ts'
import { REPORT_REASONS } from './report-reasons.ts'
import './report.css'

export function ReportForm({
  chat,
  message,
  onClose,
}: {
  chat: Chat
  message: Message
  onClose: () => void
}) {
  const toast = useToast()
  const [reason, setReason] = useState<ReportReason | null>(null)
  const [note, setNote] = useState('')
  const [hide, setHide] = useState(true)
  const [problem, setProblem] = useState<string | null>(null)
  const over = Array.from(note.trim()).length - LIMITS.reasonChars
  const task = useTask(async () => {
    if (reason === null || over > 0) {
      setProblem(
        reason === null ? 'Choose what is wrong with it.' : `Shorten the note by ${over} characters.`,
      )
      return
    }
    const refused = await chat.report(message.id, reason, note)
    setProblem(refused)
    if (refused !== null) return
    if (hide) chat.hide(message.id)
    toast('Reported. The host and moderators see it.')
    onClose()
  })
  return (
    <form
      class="stack"
      aria-label="Report"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        task.run()
      }}
    >
      <blockquote class="chat-reported">
        <bdi class="chat-quote-name">{message.author.name}</bdi> <bdi>{message.text}</bdi>
      </blockquote>
      {problem !== null && (
        <Notice tone="bad" speaks>
          <p>{problem}</p>
        </Notice>
      )}
      <fieldset class="chat-choices">
        <legend class="field-label">What is wrong with it?</legend>
        {Object.entries(REPORT_REASONS).map(([key, says]) => (
          <label key={key} class="chat-choice">
            <input
              type="radio"
              name="reason"
              checked={reason === key}
              onChange={() => setReason(key as ReportReason)}
            />
            {says}
          </label>
        ))}
      </fieldset>
      <Field label="What should they know?" optional>
        {(control) => (
          <textarea
            {...control}
            class="input chat-report-note"
            rows={2}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        )}
      </Field>
      <label class="chat-choice">
        <input type="checkbox" checked={hide} onChange={(event) => setHide(event.currentTarget.checked)} />
        Hide this message on this device
      </label>
      <p class="field-hint">Only host and moderators learn of it, with your name. The writer does not.</p>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" type="submit" busy={task.busy}>
          Report
        </Button>
      </DialogActions>
    </form>
  )
}
