// A public message that somebody reported: the words, who reported them and why, and what to do about it.
import { Button } from '../../ui/button.tsx'
import { useTask } from '../../ui/task.ts'
import type { Reported } from '../backstage.ts'
import type { Chat } from '../chat.ts'
import { REPORT_REASONS } from '../report-reasons.ts'
import type { Desk } from './desk.ts'
import { Item, Words } from './item.tsx'
import { PersonName } from './name.tsx'
import { mayJudge } from './rights.ts'
import { useTell } from './tell.ts'

export function ReportItem({ chat, desk, reported }: { chat: Chat; desk: Desk; reported: Reported }) {
  const { message, deleted, reports } = reported
  const tell = useTell()
  const dismiss = useTask(async () => {
    await tell(chat.resolve(message.id))
  })
  const remove = useTask(async () => {
    if (await tell(chat.remove(message.id))) await tell(chat.resolve(message.id))
  })
  const about = { message, reported: true }
  const timeOut = () => desk.open({ person: message.author, step: 'timeout', about })
  const ban = () => desk.open({ person: message.author, step: 'ban', about })
  const judge = mayJudge(desk.you, message.author)
  const busy = dismiss.busy || remove.busy
  const count = `${reports.length} ${reports.length === 1 ? 'report' : 'reports'}`
  return (
    <Item
      itemKey={`report-${message.id}`}
      label={`${count} of a message of ${message.author.name}`}
      keys={{
        ...(busy ? {} : { x: dismiss.run, ...(deleted ? {} : { d: remove.run }) }),
        ...(judge ? { t: timeOut, b: ban } : {}),
      }}
    >
      <p class="staff-why">{deleted ? `${count}; the message is deleted` : count}</p>
      <Words author={message.author} at={message.at} text={message.text} gone="Message deleted" />
      <ul class="staff-reports" aria-label="Reports">
        {reports.map(({ by, reason, note, at }) => (
          <li key={`${by.id}-${at}`}>
            <PersonName person={by} />: {REPORT_REASONS[reason]}
            {note !== null && (
              <>
                , <q>{note}</q>
              </>
            )}
          </li>
        ))}
      </ul>
      <div class="staff-actions">
        {!deleted && (
          <Button variant="danger" busy={remove.busy} onClick={remove.run} aria-keyshortcuts="d">
            Delete
          </Button>
        )}
        {judge && (
          <>
            <Button onClick={timeOut} aria-keyshortcuts="t">
              Time out
            </Button>
            <Button onClick={ban} aria-keyshortcuts="b">
              Ban
            </Button>
          </>
        )}
        <Button busy={dismiss.busy} onClick={dismiss.run} aria-keyshortcuts="x">
          {reports.length === 1 ? 'Dismiss report' : 'Dismiss reports'}
        </Button>
        {!deleted && (
          <Button variant="quiet" onClick={() => desk.seek(message.id)}>
            Show in chat
          </Button>
        )}
      </div>
    </Item>
  )
}
