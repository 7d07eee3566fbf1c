// The emoji picker: search by name or tag, groups, and a grid walked with the arrow keys.
import emojis from 'emojibase-data/en/compact.json'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { EmojiPickerProps } from './emoji-button.tsx'
import { emojisMatching, GROUPS, type Emoji } from './emoji.ts'
import './emoji-picker.css'

const COLUMNS = 7

export function EmojiPicker({ onPick, onClose }: EmojiPickerProps) {
  const [query, setQuery] = useState('')
  const [group, setGroup] = useState<number>(GROUPS[0].id)
  const [at, setAt] = useState(0)
  const grid = useRef<HTMLDivElement>(null)
  const search = useRef<HTMLInputElement>(null)
  const shown = useMemo(() => emojisMatching(emojis as Emoji[], query, group), [query, group])
  useEffect(() => search.current?.focus(), [])
  useEffect(() => setAt(0), [shown])

  const walk = (to: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, to))
    setAt(next)
    grid.current?.querySelectorAll('button')[next]?.focus()
  }
  const onGridKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    if (event.key === 'ArrowUp' && at < COLUMNS) search.current?.focus()
    else walk(at + step)
  }
  return (
    <div
      class="chat-picker"
      role="dialog"
      aria-label="Emoji"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <input
        ref={search}
        class="input"
        type="search"
        aria-label="Search emoji"
        placeholder="Search emoji"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault()
            walk(0)
          }
          const first = shown[0]
          if (event.key === 'Enter' && first) {
            event.preventDefault()
            onPick(first.unicode)
          }
        }}
      />
      {query.trim() === '' && (
        <div class="chat-picker-groups" role="group" aria-label="Groups">
          {GROUPS.map(({ id, name, emoji }) => (
            <button
              key={id}
              type="button"
              aria-label={name}
              aria-pressed={id === group}
              onClick={() => setGroup(id)}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
      <div
        class="chat-picker-grid"
        ref={grid}
        role="group"
        aria-label="Emoji to insert"
        onKeyDown={onGridKey}
      >
        {shown.map(({ unicode, label }, index) => (
          <button
            key={unicode}
            type="button"
            aria-label={label}
            title={label}
            tabIndex={index === at ? 0 : -1}
            onClick={() => onPick(unicode)}
          >
            {unicode}
          </button>
        ))}
      </div>
      {shown.length === 0 && <p class="chat-empty">No emoji has that name.</p>}
    </div>
  )
}

const STEPS: Partial<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -COLUMNS,
  ArrowDown: COLUMNS,
}
