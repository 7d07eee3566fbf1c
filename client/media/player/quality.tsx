// The menu of picture sizes in the player's bar. Fetched when there is more than one.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Choice, Heights, Quality } from './chooser.ts'
import { CheckIcon } from '../../ui/icons.tsx'
import { labelsOf, masterHeights, masterOf, spoken } from './quality-words.ts'
import './quality.css'

type MenuProps = {
  quality: Quality
  /** May name the sizes of what was not shown yet. */
  playlist: string
  onChoose: (choice: Choice) => void
}

export function QualityMenu({ quality, playlist, onChoose }: MenuProps) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const named = useNamed(playlist, open)
  const labels = labelsOf(quality, named)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  useEffect(() => {
    if (!open) return
    itemsIn(box.current)
      .find((item) => item.ariaChecked === 'true')
      ?.focus()
    const elsewhere = ({ target }: Event) => {
      if (target instanceof Node && !box.current?.contains(target)) setOpen(false)
    }
    document.addEventListener('pointerdown', elsewhere)
    document.addEventListener('focusin', elsewhere)
    return () => {
      document.removeEventListener('pointerdown', elsewhere)
      document.removeEventListener('focusin', elsewhere)
    }
  }, [open])
  const pressed = (event: KeyboardEvent) => {
    if (!open) return
    const items = itemsIn(box.current)
    const at = items.findIndex((item) => item === document.activeElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (event.key === 'Escape') close()
    else if (to !== undefined) items.at(to % items.length)?.focus()
    // Nothing of the player lies to the left or right of an item.
    else if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="quality" ref={box} onKeyDown={pressed}>
      <button
        ref={button}
        type="button"
        class="player-button quality-button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={spoken(quality)}
        onClick={() => setOpen(!open)}
      >
        <span class="quality-now">
          {labels.now}
          {quality.slow && (
            <small>
              Slow<span class="quality-wide"> connection</span>
            </small>
          )}
        </span>
      </button>
      {open && (
        <div class="quality-menu" role="menu" aria-label="Quality">
          {labels.items.map(({ choice, says }) => (
            <button
              key={choice}
              type="button"
              role="menuitemradio"
              class="quality-item"
              tabIndex={-1}
              aria-checked={quality.choice === choice}
              onClick={() => {
                onChoose(choice)
                close()
              }}
            >
              <span class="quality-check">{quality.choice === choice && <CheckIcon />}</span>
              {says}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

const itemsIn = (box: HTMLElement | null): HTMLElement[] => [
  ...(box?.querySelectorAll<HTMLElement>('[role=menuitemradio]') ?? []),
]

/** Asked once, when somebody looks; without an answer the sizes have no numbers. */
function useNamed(playlist: string, wanted: boolean): Heights {
  const [heights, setHeights] = useState<Heights>({})
  useEffect(() => {
    if (!wanted || playlist === '') return
    fetch(masterOf(playlist))
      .then((answer) => (answer.ok ? answer.text() : ''))
      .then((text) => setHeights(masterHeights(text)))
      .catch(() => undefined)
  }, [playlist, wanted])
  return heights
}
