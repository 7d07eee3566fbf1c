// The message list: stays at the newest line unless its reader scrolled up, keeps the place when history is put
// in above, and is walked with the arrow keys.
import type { ComponentChildren, RefObject } from 'preact'
import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'preact/hooks'
import type { MessageId } from '../../shared/ids.ts'
import type { Entry, LogName, Message } from '../../shared/protocol/events.ts'
import { useToast } from '../ui/toasts.tsx'
import type { Chat } from './chat.ts'
import { DownIcon } from './icons.tsx'
import { indexOfMessage, lineOf, type Line } from './lines.ts'
import { recentNames } from './mention.ts'
import type { Outgoing } from './outbox.ts'
import { OutgoingRow } from './outgoing-row.tsx'
import { heldOf, withOwn } from './own.ts'
import { pendingBelow } from './pending.ts'
import type { RowPowers } from './row.tsx'
import { useReplaced, useScroll } from './scroll.ts'
import { rowOf, Slot, walked } from './slot.tsx'
import type { Person } from './threads.ts'
import { useChatState } from './use-chat.ts'
import './list.css'

export type ListHandle = { jump(id: MessageId): void; toEnd(): void; focus(): void }

type MessageListProps = {
  chat: Chat
  log: LogName
  entries: readonly Entry[]
  outgoing: readonly Outgoing[]
  /** Lines of the reader alone, put among the others at their times. */
  own?: readonly Line[]
  handle: RefObject<ListHandle | null>
  onReply: (message: Message) => void
  onWhisper?: ((person: Person) => void) | undefined
  onReport?: ((message: Message) => void) | undefined
  empty: ComponentChildren
}

/** Pages fetched to find a quoted message before giving up. */
const JUMP_PAGES = 6
/** Lines drawn while following: several screens. */
const FOLLOWED = 100
const NONE: readonly Line[] = []

export function MessageList(props: MessageListProps) {
  const { chat, log, entries, outgoing, own = NONE, handle, onReply, onWhisper, onReport, empty } = props
  const toast = useToast()
  const you = useChatState(chat, ({ room }) => room.you)
  const pinned = useChatState(chat, ({ room }) => room.pin?.id)
  const from = useChatState(chat, ({ room }) => room.logs[log]?.from)
  // A line that cannot carry the present is not asked for the past.
  const spared = useChatState(chat, ({ room }) => room.spared && log === 'room')
  const shared = useMemo(() => entries.flatMap((entry) => lineOf(entry) ?? []), [entries])
  const lines = useMemo(() => withOwn(shared, own, from ?? 1), [shared, own, from])
  const held = useChatState(chat, ({ room }) => room.logs.thread)
  const pending = useMemo(
    () => pendingBelow(outgoing, entries, you?.id, heldOf(held)),
    [outgoing, entries, you, held],
  )
  const hidden = useChatState(chat, (state) => state.hidden)
  const newest = lines.at(-1)?.seq ?? 0

  const onLookBack = useCallback((on: boolean) => chat.lookingBack(log, on), [chat, log])
  const onTop = useCallback(() => void chat.older(log).catch(reportError), [chat, log])
  const scroll = useScroll({ onLookBack, onTop, hasOlder: !spared && (from ?? 1) > 1, newest })
  useReplaced(from, newest, scroll.toEnd)
  const missed = lines.filter(
    (line) => line.kind === 'message' && line.seq > scroll.leftAt && line.message.author.id !== you?.id,
  ).length

  // Whoever follows the talk sees its end only: drawing all of it would cost a phone a frame per message.
  const [whole, setWhole] = useState(false)
  useEffect(() => {
    if (!scroll.away) setWhole(false)
  }, [scroll.away])
  const shown = scroll.away || whole ? lines : lines.slice(-FOLLOWED)

  const [openKey, setOpenKey] = useState<string | null>(null)
  const [walkKey, setWalkKey] = useState<string | null>(null)
  const [flash, setFlash] = useState<string | null>(null)
  const walker = walkKey !== null && shown.some(({ key }) => key === walkKey) ? walkKey : lines.at(-1)?.key

  const reveal = useCallback((key: string) => {
    const row = rowOf(scroll.box.current, key)
    row?.scrollIntoView({ block: 'center' })
    row?.focus({ preventScroll: true })
    setFlash(key)
  }, [])
  const jump = useCallback(
    async (id: MessageId) => {
      for (let page = 0; page <= JUMP_PAGES; page++) {
        const now: Line[] = (chat.state().room.logs[log]?.entries ?? []).flatMap(
          (entry) => lineOf(entry) ?? [],
        )
        const found = now[indexOfMessage(now, id)]
        if (found) {
          setWhole(true)
          // The row is drawn with the next frame.
          requestAnimationFrame(() => reveal(found.key))
          return
        }
        if (!(await chat.older(log))) break
      }
      toast('That message is too far back to show.')
    },
    [chat, log, reveal, toast],
  )
  useImperativeHandle(handle, () => ({
    jump: (id) => void jump(id).catch(reportError),
    toEnd: scroll.toEnd,
    focus: () => walker !== undefined && rowOf(scroll.box.current, walker)?.focus(),
  }))

  const latestNames = useRef<string[]>([])
  latestNames.current = useMemo(
    () => [...(you ? [you.name] : []), ...recentNames(entries, you?.id)],
    [entries, you],
  )
  const powers = useMemo((): RowPowers => {
    const staff = you?.role === 'host' || (log === 'room' && you?.role === 'moderator')
    return {
      you,
      staff,
      names: () => latestNames.current,
      toggle: (key) => setOpenKey((open) => (open === key ? null : key)),
      jump: (id) => void jump(id).catch(reportError),
      reply: (message) => {
        setOpenKey(null)
        onReply(message)
      },
      remove: (id) => tell(chat.remove(id)),
      editAgain: chat.editAgain,
      isHidden: (id) => hidden.has(id),
      show: (id) => chat.hide(id, false),
      ...(log === 'room' && staff
        ? { pin: (id: MessageId) => tell(chat.pin(id)), unpin: () => tell(chat.unpin()) }
        : {}),
      ...(onWhisper ? { whisper: onWhisper } : {}),
      ...(onReport
        ? {
            report: (message: Message) => {
              setOpenKey(null)
              onReport(message)
            },
          }
        : {}),
    }
    function tell(done: Promise<string | null>): void {
      // The pressed button goes with the row's actions; whoever walks by keyboard stays on the row.
      document.activeElement?.closest<HTMLElement>('[data-key]')?.focus()
      setOpenKey(null)
      done.then((problem) => {
        if (problem !== null) toast(problem, 'bad')
      }, reportError)
    }
  }, [chat, log, you, jump, onReply, onWhisper, onReport, hidden, toast])

  const onKeyDown = (event: KeyboardEvent) => walked(event, shown, walker, scroll.box.current)

  return (
    <div class="chat-scroll">
      <div class="chat-box" ref={scroll.box} onScroll={scroll.onScroll} tabIndex={-1}>
        {from !== undefined && from > 1 && (
          <p class="chat-edge">
            {spared ? 'Earlier messages are left out for now.' : 'Loading earlier messages…'}
          </p>
        )}
        {from === 1 && lines.length + pending.length === 0 && <p class="chat-empty">{empty}</p>}
        <ol class="chat-lines" aria-label="Messages" onKeyDown={onKeyDown}>
          {shown.map((line) => (
            <Slot
              key={line.key}
              line={line}
              powers={powers}
              walking={line.key === walker}
              open={line.key === openKey}
              pinned={line.kind === 'message' && line.message.id === pinned}
              flash={line.key === flash}
              onWalk={setWalkKey}
            />
          ))}
          {pending.map((item) => (
            <OutgoingRow key={item.cmid} chat={chat} item={item} />
          ))}
        </ol>
      </div>
      {scroll.away && (
        <button type="button" class="chat-newest" onClick={scroll.toEnd}>
          <DownIcon size={18} />
          {missed === 0 ? 'To the newest' : `${missed} new ${missed === 1 ? 'message' : 'messages'}`}
        </button>
      )}
    </div>
  )
}
