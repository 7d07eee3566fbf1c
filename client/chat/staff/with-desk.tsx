// Puts the desk around the chat of host and moderators. The parts behind it are a file of their own, loaded when
// the role is known: a viewer's page never asks for it.
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { MessageId } from '../../../shared/ids.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Chat } from '../chat.ts'
import { useChatState } from '../use-chat.ts'
import type * as PartsModule from './parts.ts'
import { DeskContext, type Desk, type Opened } from './desk.ts'
import { isStaff } from './rights.ts'

type Parts = typeof PartsModule
type Loaded = { parts: Parts | null; failed: boolean; again: () => void }

/** Once loaded, kept for the page. */
let kept: Parts | null = null

function useParts(wanted: boolean): Loaded {
  const [parts, setParts] = useState(kept)
  const [failed, setFailed] = useState(false)
  const [tries, setTries] = useState(0)
  useEffect(() => {
    if (!wanted || kept) return
    setFailed(false)
    import('./parts.ts').then(
      (loaded) => {
        kept = loaded
        setParts(() => loaded)
      },
      () => setFailed(true),
    )
  }, [wanted, tries])
  return { parts, failed, again: () => setTries((count) => count + 1) }
}

type WithDeskProps = {
  chat: Chat
  /** The public side must come into view: a message is to be shown there. */
  onSeek: () => void
  children: ComponentChildren
}

export function WithDesk({ chat, onSeek, children }: WithDeskProps) {
  const you = useChatState(chat, ({ room }) => room.you)
  const here = useChatState(chat, ({ status }) => status.at !== 'replaced' && status.at !== 'banned')
  const staff = you !== null && here && isStaff(you.role)
  const { parts } = useParts(staff)
  const [opened, setOpened] = useState<Opened | null>(null)
  const [sought, setSought] = useState<MessageId | null>(null)
  // A card that was open does not come back with the role.
  useEffect(() => {
    if (!staff) setOpened(null)
  }, [staff])
  const desk = useMemo<Desk | null>(() => {
    if (!staff) return null
    const seek = (id: MessageId) => {
      setOpened(null)
      setSought(id)
      onSeek()
    }
    return { you, open: setOpened, seek, sought, found: () => setSought(null) }
  }, [staff, you, sought])
  return (
    <DeskContext.Provider value={desk}>
      {children}
      {desk && parts && (
        <parts.PersonDialog chat={chat} desk={desk} opened={opened} onClose={() => setOpened(null)} />
      )}
    </DeskContext.Provider>
  )
}

/** The third side of the chat. */
export function StaffSide({ chat }: { chat: Chat }) {
  const { parts, failed, again } = useParts(true)
  if (parts) return <parts.Moderation chat={chat} />
  if (!failed) return <p class="chat-empty">Loading…</p>
  return (
    <div class="chat-empty">
      <Notice tone="bad" title="This part did not load" speaks>
        <Button onClick={again}>Try again</Button>
      </Notice>
    </div>
  )
}
