// One message: who, when, what it answers, what it says, and what may be done with it.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { MessageId } from '../../shared/ids.ts'
import type { Message, Quote } from '../../shared/protocol/events.ts'
import type { Welcome } from '../../shared/protocol/frames.ts'
import { LockIcon } from '../ui/icons.tsx'
import { hue } from './hue.ts'
import { clockTime } from '../ui/time.ts'
import { FlagIcon, MoreIcon, PinIcon, ReplyIcon, TrashIcon } from './icons.tsx'
import { mentions } from './mention.ts'
import { StaffActions } from './staff/actions.tsx'
import { PersonName } from './staff/name.tsx'
import { MessageText } from './text.tsx'
import type { Person } from './threads.ts'
import './row.css'

export type RowPowers = {
  you: Welcome['you'] | null
  /** May delete what others wrote here. */
  staff: boolean
  names: () => readonly string[]
  /** Opens and closes the actions of a row; absent where there is nothing to do with it. */
  toggle?: (key: string) => void
  jump: (id: MessageId) => void
  /** With `remove`, there wherever `toggle` is. */
  reply?: (message: Message) => void
  remove?: (id: MessageId) => void
  pin?: (id: MessageId) => void
  unpin?: () => void
  whisper?: (person: Person) => void
  /** Tells host and moderators of somebody else's message. */
  report?: (message: Message) => void
  /** Reported, and not to be seen again on this device. */
  isHidden: (id: MessageId) => boolean
  show: (id: MessageId) => void
  /** One's own words that were not published, back into the composer. */
  editAgain?: (text: string) => void
}

type RowProps = { lineKey: string; message: Message; powers: RowPowers; open: boolean; pinned: boolean }

export function Row({ lineKey, message, powers, open, pinned }: RowProps) {
  const { author, text, at, replyTo } = message
  const { you } = powers
  const hidden = text !== null && powers.isHidden(message.id)
  const called = text !== null && !hidden && you !== null && author.id !== you.id && mentions(text, you.name)
  // Under a finger the whole row is the target; a mouse selects text there and has its own button.
  const onTap = (event: MouseEvent) => {
    const onControl = event.target instanceof Element && event.target.closest('a, button') !== null
    if (text !== null && !hidden && !onControl && matchMedia('(hover: none)').matches)
      powers.toggle?.(lineKey)
  }
  return (
    <div class={called ? 'chat-row chat-row-called' : 'chat-row'} onClick={onTap}>
      {replyTo && <QuoteLine quote={replyTo} hidden={powers.isHidden(replyTo.id)} onJump={powers.jump} />}
      <p class="chat-message">
        <Name author={author} />
        <time class="chat-time" dateTime={new Date(at).toISOString()}>
          {clockTime(at)}
        </time>{' '}
        {text === null && <em class="chat-gone">Message deleted</em>}
        {hidden && (
          <>
            <em class="chat-gone">Hidden: you reported this</em>{' '}
            <button
              type="button"
              class="chat-link"
              aria-label={`Show the message of ${author.name}`}
              onClick={() => powers.show(message.id)}
            >
              Show
            </button>
          </>
        )}
        {text !== null && !hidden && (
          <bdi class="chat-text">
            <MessageText text={text} names={powers.names()} />
          </bdi>
        )}
      </p>
      {text !== null && !hidden && powers.toggle && (
        <button
          type="button"
          class="chat-more"
          aria-expanded={open}
          aria-label={`Actions for the message of ${author.name}`}
          tabIndex={-1}
          onClick={() => powers.toggle?.(lineKey)}
        >
          <MoreIcon />
        </button>
      )}
      {open && text !== null && !hidden && <Actions message={message} powers={powers} pinned={pinned} />}
    </div>
  )
}

function Name({ author }: { author: Message['author'] }) {
  return (
    <>
      <PersonName person={author} class={`chat-name chat-name-${hue(author.id)}`} walked />{' '}
      {author.role !== 'viewer' && (
        <span class={`chat-role chat-role-${author.role}`}>{author.role === 'host' ? 'Host' : 'Mod'}</span>
      )}{' '}
    </>
  )
}

type QuoteLineProps = { quote: Quote; hidden: boolean; onJump: (id: MessageId) => void }

function QuoteLine({ quote, hidden, onJump }: QuoteLineProps) {
  const text = quote.text ?? 'Message deleted'
  return (
    <button type="button" class="chat-quote" tabIndex={-1} onClick={() => onJump(quote.id)}>
      <ReplyIcon size={14} />
      <span class="sr-only">In reply to </span>
      <bdi class="chat-quote-name">{quote.name}</bdi>
      <bdi class="chat-quote-text">{hidden ? 'Hidden: you reported this' : text}</bdi>
    </button>
  )
}

type ActionsProps = { message: Message; powers: RowPowers; pinned: boolean }

function Actions({ message, powers, pinned }: ActionsProps) {
  const { you, staff, pin, unpin, whisper, report } = powers
  const own = message.author.id === you?.id
  // Whoever may act on a message need not report it; above a moderator is only the host.
  const reports = !own && (!staff || message.author.role !== 'viewer')
  const [sure, setSure] = useState(false)
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    bar.current?.querySelector('button')?.focus()
    bar.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <div class="chat-actions" ref={bar}>
      <button type="button" onClick={() => powers.reply?.(message)}>
        <ReplyIcon size={18} /> Reply
      </button>
      {pin && !pinned && (
        <button type="button" onClick={() => pin(message.id)}>
          <PinIcon size={18} /> Pin
        </button>
      )}
      {unpin && pinned && (
        <button type="button" onClick={unpin}>
          <PinIcon size={18} /> Unpin
        </button>
      )}
      {whisper && !own && (
        <button type="button" class="chat-action-private" onClick={() => whisper(message.author)}>
          <LockIcon size={18} /> Message privately
        </button>
      )}
      {report && reports && (
        <button type="button" onClick={() => report(message)}>
          <FlagIcon size={18} /> Report
        </button>
      )}
      {(own || staff) && (
        <button
          type="button"
          class="chat-action-danger"
          onClick={() => (sure ? powers.remove?.(message.id) : setSure(true))}
        >
          <TrashIcon size={18} /> {sure ? 'Delete for everyone?' : 'Delete'}
        </button>
      )}
      {pin && <StaffActions message={message} />}
    </div>
  )
}
