// The one message the host has pinned.
import { useState } from 'preact/hooks'
import type { MessageId } from '../../shared/ids.ts'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/toasts.tsx'
import { CloseIcon } from '../ui/icons.tsx'
import type { Chat } from './chat.ts'
import { PinIcon } from './icons.tsx'
import { MessageText } from './text.tsx'
import { useChatState } from './use-chat.ts'

type PinnedProps = {
  chat: Chat
  onJump: (id: MessageId) => void
  /** Its button goes with the pin: where the focus of whoever pressed a key goes. */
  onLeave: () => void
}

export function Pinned({ chat, onJump, onLeave }: PinnedProps) {
  const pin = useChatState(chat, ({ room }) => room.pin)
  const role = useChatState(chat, ({ room }) => room.you?.role)
  const toast = useToast()
  const [whole, setWhole] = useState<MessageId | null>(null)
  if (!pin || pin.text === null) return null
  const unpin = (event: MouseEvent) => {
    // A click without a count came from a key; for a pointer the list must not move.
    if (event.detail === 0) onLeave()
    chat.unpin().then((problem) => {
      if (problem !== null) toast(problem, 'bad')
    }, reportError)
  }
  return (
    <section class="chat-pin" aria-label="Pinned message">
      <PinIcon size={18} />
      <div class="chat-pin-body">
        <p class={whole === pin.id ? 'chat-pin-text' : 'chat-pin-text chat-pin-short'}>
          <bdi class="chat-name">{pin.author.name}</bdi>{' '}
          <bdi class="chat-text">
            <MessageText text={pin.text} names={[]} />
          </bdi>
        </p>
        <div class="chat-pin-links">
          {pin.text.length > 90 && (
            <button
              type="button"
              class="chat-link"
              aria-expanded={whole === pin.id}
              onClick={() => setWhole(whole === pin.id ? null : pin.id)}
            >
              {whole === pin.id ? 'Less' : 'More'}
            </button>
          )}
          <button type="button" class="chat-link" onClick={() => onJump(pin.id)}>
            Show in chat
          </button>
        </div>
      </div>
      {(role === 'host' || role === 'moderator') && (
        <Button variant="quiet" icon aria-label="Unpin" onClick={unpin}>
          <CloseIcon />
        </Button>
      )}
    </section>
  )
}
