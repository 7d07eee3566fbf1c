// The one message the host has pinned.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { MessageId } from '../../shared/ids.ts'
import type { Message } from '../../shared/protocol/events.ts'
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
      <PinBody pin={pin} text={pin.text}>
        <button type="button" class="chat-link" onClick={() => onJump(pin.id)}>
          Show in chat
        </button>
      </PinBody>
      {(role === 'host' || role === 'moderator') && (
        <Button variant="quiet" icon aria-label="Unpin" onClick={unpin}>
          <CloseIcon />
        </Button>
      )}
    </section>
  )
}

/** Long ones are cut until asked for. `children`: further links under the text. */
export function PinBody(props: { pin: Message; text: string; children?: ComponentChildren }) {
  const { pin, text, children } = props
  const [whole, setWhole] = useState<MessageId | null>(null)
  return (
    <div class="chat-pin-body">
      <p class={whole === pin.id ? 'chat-pin-text' : 'chat-pin-text chat-pin-short'}>
        <bdi class="chat-name">{pin.author.name}</bdi>{' '}
        <bdi class="chat-text">
          <MessageText text={text} names={[]} />
        </bdi>
      </p>
      <div class="chat-pin-links">
        {text.length > 90 && (
          <button
            type="button"
            class="chat-link"
            aria-expanded={whole === pin.id}
            onClick={() => setWhole(whole === pin.id ? null : pin.id)}
          >
            {whole === pin.id ? 'Less' : 'More'}
          </button>
        )}
        {children}
      </div>
    </div>
  )
}
