// A message on its way, with the truth about where it is.
import type { JSX } from 'preact'
import type { ErrorCode } from '../../shared/protocol/errors.ts'
import { useNow } from '../ui/clock.ts'
import { AlertIcon, CheckIcon, ClockIcon } from '../ui/icons.tsx'
import type { Chat } from './chat.ts'
import { canTakeBack, type Delivery, type Outgoing } from './outbox.ts'

export function OutgoingRow({ chat, item }: { chat: Chat; item: Outgoing }) {
  const { text, delivery, replyTo } = item
  return (
    <li class={`chat-line chat-outgoing chat-outgoing-${delivery.is}`}>
      <div class="chat-row">
        <p class="chat-message">
          {replyTo && <span class="chat-quote-name">@{replyTo.name} </span>}
          <bdi class="chat-text">{text}</bdi>
        </p>
        <p class="chat-delivery">
          <Where delivery={delivery} />
          {canTakeBack(item) && (
            <button type="button" class="chat-link" onClick={() => chat.takeBack(item.cmid)}>
              {delivery.is === 'refused' ? 'Put back to edit' : 'Take back'}
            </button>
          )}
        </p>
      </div>
    </li>
  )
}

function Where({ delivery }: { delivery: Delivery }): JSX.Element {
  switch (delivery.is) {
    case 'sending':
      return <span>Sending…</span>
    case 'held':
      return (
        <span>
          <ClockIcon size={16} /> Kept until there is a connection
        </span>
      )
    case 'waiting':
      return <Waiting until={delivery.until} code={delivery.code} />
    case 'sent':
      return delivery.review ? (
        <span>
          <ClockIcon size={16} /> Waiting for review
        </span>
      ) : (
        <span>
          <CheckIcon size={16} /> Sent
        </span>
      )
    case 'refused':
      return (
        <span class="chat-refused" role="alert">
          <AlertIcon size={16} /> {delivery.says}
        </span>
      )
  }
}

const WHY: Partial<Record<ErrorCode, string>> = {
  slow_mode: 'Slow mode: goes out',
  duplicate: 'You just said that: goes out',
  rules_changed: 'The rules changed: goes out',
}

function Waiting({ until, code }: { until: number; code: ErrorCode }) {
  const left = Math.max(0, Math.ceil((until - useNow(250)) / 1_000))
  return (
    <span>
      <ClockIcon size={16} /> {WHY[code] ?? 'Goes out'} by itself in {left} s
    </span>
  )
}
