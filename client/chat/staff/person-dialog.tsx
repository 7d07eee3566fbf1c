// The card of one person, for host and moderators: a dialog, on phones a sheet from below. Follows what happens to
// the person while it is open.
import { useEffect, useState } from 'preact/hooks'
import type { PrincipalId } from '../../../shared/ids.ts'
import { Failure } from '../../frame/failure.tsx'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Skeleton } from '../../ui/spinner.tsx'
import type { Chat, ChatState } from '../chat.ts'
import { useChatState } from '../use-chat.ts'
import type { Desk, Opened, Step } from './desk.ts'
import { Facts } from './facts.tsx'
import { Messages } from './messages.tsx'
import { Notes } from './notes.tsx'
import { Powers } from './powers.tsx'
import { Sanction } from './sanction.tsx'
import './staff.css'

type PersonDialogProps = { chat: Chat; desk: Desk; opened: Opened | null; onClose: () => void }

export function PersonDialog({ chat, desk, opened, onClose }: PersonDialogProps) {
  return (
    <Dialog open={opened !== null} title={opened?.person.name ?? ''} onClose={onClose} keeps>
      {opened && <Card key={opened.person.id} chat={chat} desk={desk} opened={opened} onClose={onClose} />}
    </Dialog>
  )
}

type CardProps = { chat: Chat; desk: Desk; opened: Opened; onClose: () => void }

function Card({ chat, desk, opened, onClose }: CardProps) {
  const { api } = useSession()
  const { id } = opened.person
  const { value, denial, loading, reload } = useLoad(() => api.person(chat.slug, id))
  const [step, setStep] = useState<Step | null>(opened.step ?? null)
  const again = () => void reload().catch(reportError)
  const heard = useChatState(chat, (state) => lastAbout(state, id))
  const [first] = useState(heard)
  useEffect(() => {
    if (heard !== first) again()
  }, [heard])
  if (step)
    return (
      <div class="staff-card">
        <Sanction
          chat={chat}
          step={step}
          opened={opened}
          onDone={() => (opened.step ? onClose() : setStep(null))}
          onCancel={() => (opened.step ? onClose() : setStep(null))}
        />
      </div>
    )
  return (
    <div class="staff-card" aria-busy={loading && !value ? 'true' : undefined}>
      {denial && <Failure denial={denial} busy={loading} onRetry={again} />}
      {!value && !denial && (
        <>
          <p class="sr-only">Loading what is known of this person.</p>
          <Skeleton class="staff-skeleton" />
          <Skeleton class="staff-skeleton" />
        </>
      )}
      {value && (
        <>
          <Facts card={value} />
          <Powers chat={chat} desk={desk} card={value} onStep={setStep} />
          <Messages chat={chat} desk={desk} messages={value.messages} />
          <Notes chat={chat} card={value} />
        </>
      )}
    </div>
  )
}

/** Changes when something happened that the card shows: a deed about the person, or a message of it. */
function lastAbout({ room }: ChatState, id: PrincipalId): string {
  const deed = room.logs.backstage?.entries.findLast(({ event }) => {
    if (event.type === 'held') return event.held.author.id === id
    if (event.type === 'reported') return event.report.message.author.id === id
    if (event.type === 'settled' || event.type === 'resolved') return true
    if (event.type !== 'moderated') return false
    const { deed } = event
    return 'target' in deed ? deed.target.id === id : deed.is === 'deleted' && deed.message.author.id === id
  })
  const said = room.logs.room?.entries.findLast(
    ({ event }) => event.type === 'said' && event.message.author.id === id,
  )
  return `${deed?.seq ?? 0} ${said?.seq ?? 0} ${room.gone.size}`
}
