// Names offered while one types `@`.
import type { RefObject } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Chat } from './chat.ts'
import { offeredNames, recentNames, typedName } from './mention.ts'
import type { Lane } from './outbox.ts'
import { useChatState } from './use-chat.ts'

const NONE = [] as const

export type NameOffers = {
  names: readonly string[]
  at: number
  /** The caret or the text moved. */
  look: () => void
  close: () => void
  /** True when the key was for the list. */
  onKeyDown: (event: KeyboardEvent, choose: (name: string) => void) => boolean
}

export function useNameOffers(
  chat: Chat,
  lane: Lane,
  text: string,
  input: RefObject<HTMLTextAreaElement | null>,
): NameOffers {
  const entries = useChatState(chat, ({ room }) => room.logs.room?.entries ?? NONE)
  const you = useChatState(chat, ({ room }) => room.you?.id)
  const [caret, setCaret] = useState(-1)
  const [at, setAt] = useState(0)
  const typed = lane === 'public' && caret >= 0 ? typedName(text, caret) : null
  const query = typed?.query
  const names = useMemo(
    () => (query === undefined ? NONE : offeredNames(recentNames(entries, you), query)),
    [entries, you, query],
  )
  const close = () => {
    setCaret(-1)
    setAt(0)
  }
  return {
    names,
    at: Math.min(at, Math.max(0, names.length - 1)),
    look: () => setCaret(input.current?.selectionStart ?? -1),
    close,
    onKeyDown(event, choose) {
      if (names.length === 0) return false
      const name = names[Math.min(at, names.length - 1)]
      if (event.key === 'ArrowDown') setAt((at + 1) % names.length)
      else if (event.key === 'ArrowUp') setAt((at + names.length - 1) % names.length)
      else if (event.key === 'Escape') close()
      else if ((event.key === 'Enter' || event.key === 'Tab') && name !== undefined) {
        choose(name)
        close()
      } else return false
      event.preventDefault()
      return true
    },
  }
}

type NameOfferProps = { id: string; offers: NameOffers; onChoose: (name: string) => void }

export function NameOffer({ id, offers, onChoose }: NameOfferProps) {
  if (offers.names.length === 0) return null
  return (
    <ul id={id} class="chat-names" role="listbox" aria-label="People to mention">
      {offers.names.map((name, index) => (
        <li
          key={name}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === offers.at}
          // Before the composer loses the focus, which closes the list.
          onPointerDown={(event) => {
            event.preventDefault()
            onChoose(name)
            offers.close()
          }}
        >
          <bdi>@{name}</bdi>
        </li>
      ))}
    </ul>
  )
}
