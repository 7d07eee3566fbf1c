// The chat as it was when the picture was filmed: the same rows, at the pace of the picture. Nothing is written here.
import type { ComponentChildren } from 'preact'
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { MessageId } from '../../shared/ids.ts'
import type { Message } from '../../shared/protocol/events.ts'
import type { ReplayFeed, ReplayState } from '../media/replay/feed.ts'
import { useReplay, type UseReplay } from '../media/replay/use-replay.ts'
import { Button } from '../ui/button.tsx'
import type { Chat } from './chat.ts'
import { DownIcon, PinIcon } from './icons.tsx'
import { indexOfMessage, lineOf } from './lines.ts'
import { recentNames } from './mention.ts'
import { PinBody } from './pinned.tsx'
import type { RowPowers } from './row.tsx'
import { useScroll } from './scroll.ts'
import { rowOf, Slot, walked } from './slot.tsx'
import { useChatState } from './use-chat.ts'
import './chat.css'
import './list.css'
import './replay.css'

type ChatReplayProps = UseReplay & {
  /** The live chat of the same stream: it knows what was deleted meanwhile and what this reader hides. */
  chat: Chat
  /** Right of the heading. */
  children?: ComponentChildren
}

/** Lines drawn while following: several screens. */
const FOLLOWED = 100

export function ChatReplay({ chat, children, ...deps }: ChatReplayProps) {
  const { state, feed } = useReplay(deps)
  return (
    <div class="chat chat-replay">
      <div class="chat-head">
        <h2 class="chat-replay-title">Chat replay</h2>
        {children}
      </div>
      {state && feed ? (
        <Told chat={chat} state={state} feed={feed} />
      ) : (
        <p class="chat-empty">The chat plays along with the picture.</p>
      )}
    </div>
  )
}

function Told({ chat, state, feed }: { chat: Chat; state: ReplayState; feed: ReplayFeed }) {
  const gone = useChatState(chat, ({ room }) => room.gone)
  const hidden = useChatState(chat, (now) => now.hidden)
  const you = useChatState(chat, ({ room }) => room.you)
  const { entries, earlier, pin } = state
  const lines = useMemo(
    () =>
      entries
        .flatMap((entry) => lineOf(entry) ?? [])
        .filter((line) => line.kind !== 'message' || !gone.has(line.message.id)),
    [entries, gone],
  )
  const newest = lines.at(-1)?.seq ?? 0
  const onLookBack = useCallback((on: boolean) => feed.lookingBack(on), [feed])
  const onTop = useCallback(() => feed.older(), [feed])
  const scroll = useScroll({ onLookBack, onTop, hasOlder: earlier && state.at === 'ready', newest })
  useSought(lines[0]?.seq ?? newest, newest, scroll.toEnd)
  const shown = scroll.away ? lines : lines.slice(-FOLLOWED)

  const [walkKey, setWalkKey] = useState<string | null>(null)
  const [flash, setFlash] = useState<string | null>(null)
  const walker = walkKey !== null && shown.some(({ key }) => key === walkKey) ? walkKey : lines.at(-1)?.key
  const latest = useRef({ entries, lines })
  latest.current = { entries, lines }
  const powers = useMemo(
    (): RowPowers => ({
      you,
      staff: false,
      names: () => [...(you ? [you.name] : []), ...recentNames(latest.current.entries, you?.id)],
      jump(id: MessageId) {
        const found = latest.current.lines[indexOfMessage(latest.current.lines, id)]
        if (!found) return
        const row = rowOf(scroll.box.current, found.key)
        row?.scrollIntoView({ block: 'center' })
        row?.focus({ preventScroll: true })
        setFlash(found.key)
      },
      isHidden: (id) => hidden.has(id),
      show: (id) => chat.hide(id, false),
    }),
    [chat, you, hidden],
  )
  const onKeyDown = (event: KeyboardEvent) => walked(event, shown, walker, scroll.box.current)
  return (
    <>
      {pin && pin.text !== null && !gone.has(pin.id) && <PinnedThen message={pin} text={pin.text} />}
      <div class="chat-scroll">
        <div class="chat-box" ref={scroll.box} onScroll={scroll.onScroll} tabIndex={-1}>
          <Edge state={state} empty={lines.length === 0} feed={feed} />
          <ol class="chat-lines" aria-label="Messages" onKeyDown={onKeyDown}>
            {shown.map((line) => (
              <Slot
                key={line.key}
                line={line}
                powers={powers}
                walking={line.key === walker}
                open={false}
                pinned={line.kind === 'message' && line.message.id === pin?.id}
                flash={line.key === flash}
                onWalk={setWalkKey}
              />
            ))}
          </ol>
        </div>
        {scroll.away && (
          <button type="button" class="chat-newest" onClick={scroll.toEnd}>
            <DownIcon size={18} /> Back to the picture
          </button>
        )}
      </div>
    </>
  )
}

/** Another moment, before or far behind: nothing is left of the place that the reader held. */
function useSought(first: number, newest: number, toEnd: () => void): void {
  const before = useRef(newest)
  useLayoutEffect(() => {
    if (newest < before.current || first > before.current + 1) toEnd()
    before.current = newest
  })
}

/** What there is instead of messages, or above them. */
function Edge({ state, empty, feed }: { state: ReplayState; empty: boolean; feed: ReplayFeed }) {
  if (state.at === 'failed' || state.at === 'refused')
    return (
      <div class="chat-empty" role="status">
        <p>{state.says}</p>
        {state.at === 'failed' && <Button onClick={feed.retry}>Try again</Button>}
      </div>
    )
  if (empty && state.at === 'loading') return <p class="chat-empty">Loading the chat of this moment…</p>
  if (empty && !state.earlier) return <p class="chat-empty">Nothing has been said yet.</p>
  return null
}

function PinnedThen({ message, text }: { message: Message; text: string }) {
  return (
    <section class="chat-pin" aria-label="Pinned message">
      <PinIcon size={18} />
      <PinBody pin={message} text={text} />
    </section>
  )
}
