// Who did what to whom, and why: the audit trail of this stream, newest first.
import { useMemo, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { useTask } from '../../ui/task.ts'
import { dateText } from '../../ui/time.ts'
import { trail, type TrailLine } from '../backstage.ts'
import type { Chat } from '../chat.ts'
import { clockTime } from '../../ui/time.ts'
import { useChatState } from '../use-chat.ts'
import { naming, told } from './deeds.ts'
import type { Desk } from './desk.ts'
import { Export } from './export.tsx'
import { PersonName } from './name.tsx'

export function LogView({ chat, desk }: { chat: Chat; desk: Desk }) {
  const log = useChatState(chat, ({ room }) => room.logs.backstage)
  const [typed, setTyped] = useState('')
  const lines = useMemo(() => trail({ logs: log ? { backstage: log } : {} }), [log])
  const shown = useMemo(() => naming(lines, typed), [lines, typed])
  const older = useTask(async () => {
    await chat.older('backstage')
  })
  const more = (log?.from ?? 1) > 1
  return (
    <div class="staff-scroll">
      <div class="staff-search">
        <TextField
          label="Find a name"
          value={typed}
          onValue={setTyped}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
        />
      </div>
      {shown.length === 0 && (
        <p class="chat-empty">
          {lines.length === 0
            ? 'Nothing yet. What host and moderators do is written here.'
            : 'Nobody of that name here.'}
        </p>
      )}
      <ol class="staff-trail" aria-label="Log" reversed>
        {shown.map((line) => (
          <Line key={line.seq} line={line} />
        ))}
      </ol>
      <div class="staff-foot">
        {more && (
          <Button busy={older.busy} onClick={older.run}>
            Show earlier
          </Button>
        )}
        {desk.you.role === 'host' && <Export slug={chat.slug} />}
      </div>
    </div>
  )
}

function Line({ line }: { line: TrailLine }) {
  const { did, target, more, quote, reason } = told(line)
  return (
    <li class="staff-line">
      <p>
        <time class="chat-time" dateTime={new Date(line.at).toISOString()} title={dateText(line.at)}>
          {clockTime(line.at)}
        </time>{' '}
        <PersonName person={line.by} /> {did} {target && <PersonName person={target} />} {more}
      </p>
      {quote !== undefined && (
        <p class="staff-quote">{quote === null ? <em>The text is not kept any more</em> : <q>{quote}</q>}</p>
      )}
      {reason !== undefined && reason !== null && <p class="staff-quote">Why: {reason}</p>}
    </li>
  )
}
