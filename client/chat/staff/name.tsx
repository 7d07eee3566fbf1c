// A person's name; for host and moderators a press on it opens the card.
import type { Author, Person } from '../../../shared/protocol/events.ts'
import { useDesk } from './desk.ts'
import './name.css'

/** `walked`: inside a row that the arrow keys reach, which leads to the card by its own actions. */
export function PersonName(props: { person: Person | Author; class?: string; walked?: boolean }) {
  const { person, class: more = '', walked = false } = props
  const desk = useDesk()
  if (!desk) return <bdi class={more}>{person.name}</bdi>
  return (
    <button
      type="button"
      class={`person-name ${more}`}
      aria-haspopup="dialog"
      tabIndex={walked ? -1 : undefined}
      onClick={() => desk.open({ person })}
    >
      <bdi>{person.name}</bdi>
    </button>
  )
}
