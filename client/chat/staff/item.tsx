// One thing that waits for a decision: reached with the arrow keys, decided with a letter or a button.
import type { ComponentChildren } from 'preact'
import type { Author, Person, Quote } from '../../../shared/protocol/events.ts'
import { clockTime } from '../../ui/time.ts'
import { MessageText } from '../text.tsx'
import { PersonName } from './name.tsx'

type ItemProps = {
  itemKey: string
  /** Read out when the focus comes: who and what. */
  label: string
  /** Letters that do what a button of the item does, while the item itself has the focus. */
  keys: Partial<Record<string, () => void>>
  children: ComponentChildren
}

export function Item({ itemKey, label, keys, children }: ItemProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const act = keys[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    act()
  }
  return (
    <li class="staff-item" data-item={itemKey} tabIndex={0} aria-label={label} onKeyDown={onKeyDown}>
      {children}
    </li>
  )
}

type WordsProps = { author: Author | Person; at: number; text: string | null; gone: string; replyTo?: Quote }

/** Who said what. `gone` stands where the text is not there any more. */
export function Words({ author, at, text, gone, replyTo }: WordsProps) {
  return (
    <div class="staff-words">
      <p>
        <PersonName person={author} />{' '}
        <time class="chat-time" dateTime={new Date(at).toISOString()}>
          {clockTime(at)}
        </time>
      </p>
      {replyTo && (
        <p class="staff-quote">
          In reply to <bdi>{replyTo.name}</bdi>: <bdi>{replyTo.text ?? 'Message deleted'}</bdi>
        </p>
      )}
      <p class="staff-text">
        {text === null ? (
          <em class="chat-gone">{gone}</em>
        ) : (
          <bdi>
            <MessageText text={text} names={[]} />
          </bdi>
        )}
      </p>
    </div>
  )
}
