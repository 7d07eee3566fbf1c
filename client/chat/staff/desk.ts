// What host and moderators have at hand anywhere in the chat: the card of a person, and the way back to a message.
// Null for everybody else, so that nothing of it is offered.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { MessageId } from '../../../shared/ids.ts'
import type { Message, Person } from '../../../shared/protocol/events.ts'
import type { Welcome } from '../../../shared/protocol/frames.ts'

/** `timeout` and `ban` open the card at the question how long and why. */
export type Step = 'timeout' | 'ban'
export type Opened = {
  person: Person
  step?: Step
  /** The message that led here. `reported`: from the queue of reports, which then are dealt with. */
  about?: { message: Message; reported: boolean }
}

export type Desk = {
  you: NonNullable<Welcome['you']>
  open: (opened: Opened) => void
  /** Shows a public message in its place. */
  seek: (id: MessageId) => void
  sought: MessageId | null
  /** Who showed it says so: it is not shown again. */
  found: () => void
}

export const DeskContext = createContext<Desk | null>(null)
export const useDesk = (): Desk | null => useContext(DeskContext)
