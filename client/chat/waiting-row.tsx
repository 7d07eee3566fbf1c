// One's own words that wait for host or moderators, or that stay out. Nobody else sees this row.
import { copyText } from '../ui/copy.tsx'
import { AlertIcon, ClockIcon } from '../ui/icons.tsx'
import { useToast } from '../ui/toasts.tsx'
import type { Line } from './lines.ts'
import { clockTime } from '../ui/time.ts'

type WaitingRowProps = { line: Extract<Line, { kind: 'waiting' }>; onEdit: (text: string) => void }

export function WaitingRow({ line: { message, verdict }, onEdit }: WaitingRowProps) {
  const { text, at, replyTo } = message
  const toast = useToast()
  const copy = async (words: string) => {
    if (await copyText(words)) toast('Copied.')
    else toast('Copying is not allowed here. Put it back to edit instead.', 'bad')
  }
  return (
    <div class="chat-row">
      <p class="chat-message">
        <span class="chat-name">You</span>{' '}
        <time class="chat-time" dateTime={new Date(at).toISOString()}>
          {clockTime(at)}
        </time>{' '}
        {replyTo && (
          <span class="chat-quote-name">
            @<bdi>{replyTo.name}</bdi>{' '}
          </span>
        )}
        {text === null ? <em class="chat-gone">No longer kept</em> : <bdi class="chat-text">{text}</bdi>}
      </p>
      <p class="chat-delivery">
        {verdict === 'rejected' ? (
          <span class="chat-refused">
            <AlertIcon size={16} /> Not published
          </span>
        ) : (
          <span>
            <ClockIcon size={16} /> {verdict === 'open' ? 'Waiting for review' : 'Approved'}
          </span>
        )}
        <span>Only you see this</span>
        {verdict === 'rejected' && text !== null && (
          <>
            <button type="button" class="chat-link" onClick={() => onEdit(text)}>
              Put back to edit
            </button>
            <button type="button" class="chat-link" onClick={() => void copy(text).catch(reportError)}>
              Copy
            </button>
          </>
        )}
      </p>
    </div>
  )
}
