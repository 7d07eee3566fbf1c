// A person's newest messages in this stream and what became of each.
import type { PersonCard } from '../../../shared/api/chat.ts'
import type { MessageId } from '../../../shared/ids.ts'
import { Button } from '../../ui/button.tsx'
import { useTask } from '../../ui/task.ts'
import { dateText } from '../../ui/time.ts'
import type { Chat } from '../chat.ts'
import type { Desk } from './desk.ts'
import { useTell } from './tell.ts'

type One = PersonCard['messages'][number]
const STATES: Record<One['state'], string> = {
  visible: 'In the chat',
  deleted: 'Deleted',
  held: 'Waits for a decision',
  rejected: 'Rejected',
}

export function Messages({ chat, desk, messages }: { chat: Chat; desk: Desk; messages: readonly One[] }) {
  return (
    <section class="staff-part" aria-label="Newest messages">
      <h3>Newest messages</h3>
      {messages.length === 0 && <p class="soft">Nothing in this stream.</p>}
      <ul class="staff-list">
        {messages.map((message) => (
          <MessageLine key={message.id} chat={chat} message={message} onShow={desk.seek} />
        ))}
      </ul>
    </section>
  )
}

type MessageLineProps = { chat: Chat; message: One; onShow: (id: MessageId) => void }

function MessageLine({ chat, message, onShow }: MessageLineProps) {
  const { id, text, at, state } = message
  const tell = useTell()
  const remove = useTask(async () => {
    await tell(chat.remove(id))
  })
  return (
    <li class="staff-said">
      <p class="staff-text">
        {text === null ? <em class="chat-gone">The text is not kept any more</em> : <bdi>{text}</bdi>}
      </p>
      <p class="chat-time">
        {STATES[state]}, {dateText(at)}
      </p>
      {state === 'visible' && (
        <div class="row">
          <Button variant="quiet" onClick={() => onShow(id)}>
            Show in chat
          </Button>
          <Button variant="quiet" busy={remove.busy} onClick={remove.run}>
            Delete
          </Button>
        </div>
      )}
    </li>
  )
}
