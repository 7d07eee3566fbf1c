// What a viewer throws at the stage: six buttons with their totals, and a burst that floats up. Nobody is told who.
import { useEffect, useRef, useState } from 'preact/hooks'
import { REACTIONS, type Reaction } from '../../shared/protocol/limits.ts'
import { isClosed, type Chat } from './chat.ts'
import { useChatState } from './use-chat.ts'
import './reactions.css'

const NAMES: Record<Reaction, string> = {
  '❤️': 'Heart',
  '👏': 'Applause',
  '😂': 'Laughter',
  '😮': 'Surprise',
  '🔥': 'Fire',
  '🎉': 'Party',
}
const FLOATING = 18
/** Of one pulse of one emoji: totals jump by hundreds in a big room. */
const PER_PULSE = 5

type Floater = { key: number; emoji: Reaction; left: number; delayMs: number }

export function Reactions({ chat }: { chat: Chat }) {
  const totals = useChatState(chat, ({ room }) => room.pulse.reactions)
  const away = useChatState(chat, ({ status }) => status.at !== 'connected')
  const closed = useChatState(chat, isClosed)
  const { floaters, burst, land } = useFloaters()
  const before = useRef<Record<string, number> | null>(null)
  const own = useRef<Partial<Record<Reaction, number>>>({})

  useEffect(() => {
    const last = before.current
    before.current = totals
    if (!last) return
    for (const emoji of REACTIONS) {
      const added = Math.max(0, (totals[emoji] ?? 0) - (last[emoji] ?? 0))
      // One's own flew up at the press.
      const flown = Math.min(added, own.current[emoji] ?? 0)
      own.current[emoji] = (own.current[emoji] ?? 0) - flown
      burst(emoji, Math.min(PER_PULSE, added - flown))
    }
  }, [totals, burst])

  const react = (emoji: Reaction) => {
    if (!chat.react(emoji)) return
    own.current[emoji] = (own.current[emoji] ?? 0) + 1
    burst(emoji, 1)
  }
  if (closed) return null
  return (
    <div class="chat-reactions" role="group" aria-label="Reactions">
      {REACTIONS.map((emoji) => (
        <button
          key={emoji}
          type="button"
          class="chat-react"
          aria-label={`${NAMES[emoji]}, ${totals[emoji] ?? 0}`}
          aria-disabled={away ? 'true' : undefined}
          onClick={() => react(emoji)}
        >
          <span class="chat-emoji">{emoji}</span>
          {(totals[emoji] ?? 0) > 0 && <span class="chat-total">{short(totals[emoji] ?? 0)}</span>}
        </button>
      ))}
      <div class="chat-floaters" aria-hidden="true">
        {floaters.map(({ key, emoji, left, delayMs }) => (
          <span
            key={key}
            class="chat-floater"
            style={{ left: `${left}%`, animationDelay: `${delayMs}ms` }}
            onAnimationEnd={() => land(key)}
          >
            {emoji}
          </span>
        ))}
      </div>
    </div>
  )
}

function useFloaters() {
  const [floaters, setFloaters] = useState<Floater[]>([])
  const lastKey = useRef(0)
  const calm = useRef(matchMedia('(prefers-reduced-motion: reduce)'))
  const [api] = useState(() => ({
    burst: (emoji: Reaction, count: number): void => {
      // Nobody looks, or does not want things to move: the totals tell the same.
      if (count <= 0 || calm.current.matches || document.visibilityState !== 'visible') return
      const fresh = Array.from({ length: count }, (_, index) => ({
        key: ++lastKey.current,
        emoji,
        left: Math.round(Math.random() * 70),
        delayMs: index * 120,
      }))
      setFloaters((all) => [...all, ...fresh].slice(-FLOATING))
    },
    land: (key: number) => setFloaters((all) => all.filter((one) => one.key !== key)),
  }))
  return { floaters, ...api }
}

const compact = /* @__PURE__ */ new Intl.NumberFormat(undefined, { notation: 'compact' })
const short = (count: number) => compact.format(count)
