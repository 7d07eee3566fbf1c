// Tells host and moderators of somebody else's public message.
import type { Message } from '../../shared/protocol/events.ts'
import { useChunk } from '../frame/chunk.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import type { Chat } from './chat.ts'

type ReportProps = { chat: Chat; message: Message | null; onClose: () => void }

const loadForm = () => import('./report-form.tsx')

export function Report({ chat, message, onClose }: ReportProps) {
  const { value, failed, retry } = useChunk(loadForm, message !== null)
  return (
    <Dialog open={message !== null} title="Report this message" onClose={onClose} keeps>
      {message && value && (
        <value.ReportForm key={message.id} chat={chat} message={message} onClose={onClose} />
      )}
      {!value && (failed ? <Button onClick={retry}>Load the form again</Button> : <Spinner />)}
    </Dialog>
  )
}
