// Where one writes. A text leaves it only when the outbox has taken it, so none is ever lost here.
import { useEffect, useId, useRef, useState, type Dispatch } from 'preact/hooks'
import type { Message } from '../../shared/protocol/events.ts'
import { Button } from '../ui/button.tsx'
import { CloseIcon } from '../ui/icons.tsx'
import { isClosed, type Chat } from './chat.ts'
import { draftKey } from './drafts.ts'
import { EmojiButton } from './emoji-button.tsx'
import { useGoodbye } from './goodbye.ts'
import { SendIcon } from './icons.tsx'
import { textLeft } from './limits.ts'
import { typedName } from './mention.ts'
import { NameOffer, useNameOffers } from './name-offer.tsx'
import { NamePrompt, useNeedsName, useReservedName } from './name-prompt.tsx'
import type { Lane } from './outbox.ts'
import { clockTime } from '../ui/time.ts'
import { RuleHints, Stopped, useStop } from './stopped.tsx'
import { forbids } from './stops.ts'
import type { Person } from './threads.ts'
import { useChatState } from './use-chat.ts'
import { useWait } from './wait.ts'
import './composer.css'

type ComposerProps = {
  chat: Chat
  lane: Lane
  to?: Person | undefined
  placeholder: string
  replyTo: Message | null
  onReplyTo: Dispatch<Message | null>
  onPosted: () => void
  /** Arrow up in an empty composer goes back to the messages. */
  onLeave: () => void
}

export function Composer(props: ComposerProps) {
  const { chat, lane, to, placeholder, replyTo, onReplyTo, onPosted, onLeave } = props
  const id = useId()
  const input = useRef<HTMLTextAreaElement>(null)
  const key = draftKey(lane, to)
  const text = useChatState(chat, ({ drafts }) => drafts[key] ?? '')
  const setText = (next: string) => chat.draft(key, next)
  const closed = useChatState(chat, isClosed)
  const goodbye = useGoodbye(chat)
  const needsName = useNeedsName(chat)
  // Before the first welcome nobody knows whether this is a nameless guest: the text waits where it is.
  const unknown = useChatState(chat, ({ room }) => room.you === null)
  const [naming, setNaming] = useState(false)
  const reserved = useReservedName(chat, lane)
  const stop = useStop(chat, lane, to)
  const stopped = stop !== undefined && forbids(stop)
  const wait = useWait(chat, lane, stop)
  const { left, near, over } = textLeft(text)
  const offers = useNameOffers(chat, lane, text, input)

  useEffect(() => {
    if (replyTo) input.current?.focus()
  }, [replyTo])

  useEffect(() => {
    if (reserved !== undefined) setNaming(true)
  }, [reserved])

  const put = (from: number, until: number, words: string) => {
    setText(text.slice(0, from) + words + text.slice(until))
    const caret = from + words.length
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(caret, caret)
    })
  }
  const post = () => {
    const taken = chat.post({
      lane,
      text: text.trim(),
      ...(to ? { to } : {}),
      ...(replyTo ? { replyTo: { id: replyTo.id, name: replyTo.author.name } } : {}),
    })
    if (!taken) return
    setText('')
    onReplyTo(null)
    onPosted()
  }
  const unable = text.trim() === '' || over || unknown || wait.queued || stopped
  const send = () => {
    input.current?.focus()
    if (unable) return
    if (needsName) setNaming(true)
    else post()
  }
  const choose = (name: string) => {
    const typed = typedName(text, input.current?.selectionStart ?? text.length)
    if (typed) put(typed.from, typed.from + 1 + typed.query.length, `@${name} `)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    if (offers.onKeyDown(event, choose)) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && replyTo) onReplyTo(null)
    else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault()
      onLeave()
    }
  }

  if (closed) return null
  if (goodbye?.over) return <p class="chat-over">The stream is over and the chat is closed.</p>
  return (
    <div class={`chat-composer chat-composer-${lane}`}>
      {goodbye && <p class="chat-goodbye">The chat closes at {clockTime(goodbye.at)}.</p>}
      {naming && (
        <NamePrompt
          chat={chat}
          reserved={reserved !== undefined}
          onDone={() => {
            setNaming(false)
            // What the former name was refused for goes by itself; what stands here was not sent yet.
            if (reserved !== undefined) chat.renamed()
            else post()
            input.current?.focus()
          }}
          onCancel={() => {
            setNaming(false)
            input.current?.focus()
          }}
        />
      )}
      {replyTo && <ReplyingTo message={replyTo} onCancel={() => onReplyTo(null)} />}
      <Stopped chat={chat} stop={stop} id={`${id}-stop`} />
      {!stop && <RuleHints chat={chat} lane={lane} />}
      <NameOffer id={`${id}-names`} offers={offers} onChoose={choose} />
      <div class="chat-compose">
        {/* The copy of the text gives the field its height, without measuring. */}
        <div class="chat-grow" data-text={text}>
          <textarea
            ref={input}
            class="input chat-input"
            rows={1}
            aria-label={placeholder}
            placeholder={placeholder}
            enterkeyhint="send"
            autocomplete="off"
            value={text}
            aria-invalid={over ? 'true' : undefined}
            aria-describedby={`${id}-left ${id}-stop`}
            aria-autocomplete="list"
            aria-controls={offers.names.length > 0 ? `${id}-names` : undefined}
            aria-activedescendant={offers.names.length > 0 ? `${id}-names-${offers.at}` : undefined}
            onInput={(event) => {
              setText(event.currentTarget.value)
              offers.look()
            }}
            onKeyDown={onKeyDown}
            onSelect={offers.look}
            onBlur={offers.close}
          />
        </div>
        <EmojiButton
          onPick={(emoji) => {
            const { selectionStart = text.length, selectionEnd = text.length } = input.current ?? {}
            put(selectionStart, selectionEnd, emoji)
          }}
        />
        <Button
          variant="primary"
          icon
          class="chat-send"
          aria-label={wait.label}
          aria-disabled={unable ? 'true' : undefined}
          // The press must not take the focus: on a phone that would close the keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={send}
        >
          {wait.short === '' ? <SendIcon /> : <span class="chat-wait">{wait.short}</span>}
        </Button>
      </div>
      <p id={`${id}-left`} class={over ? 'chat-left chat-left-over' : 'chat-left'} hidden={!near}>
        {over ? `${-left} characters too long` : `${left} characters left`}
      </p>
    </div>
  )
}

function ReplyingTo({ message, onCancel }: { message: Message; onCancel: () => void }) {
  return (
    <div class="chat-replying">
      <p>
        Replying to <bdi class="chat-quote-name">{message.author.name}</bdi>{' '}
        <bdi class="chat-quote-text">{message.text}</bdi>
      </p>
      <Button variant="quiet" icon aria-label="Do not reply" onClick={onCancel}>
        <CloseIcon />
      </Button>
    </div>
  )
}
