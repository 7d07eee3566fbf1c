// Keeps whoever works by keys in a queue whose items go: to the item that took the place, else to the one before,
// else to the line that says that nothing is left.
import { useLayoutEffect, useRef } from 'preact/hooks'

const STEPS: Partial<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }

/** The place of the focus after the list became `now`; null when it need not move. -1: nothing is left. */
export function placeAfter(before: readonly string[], now: readonly string[], held: string): number | null {
  if (now.includes(held)) return null
  const at = before.indexOf(held)
  const next = before.slice(at + 1).find((key) => now.includes(key))
  return next === undefined ? now.length - 1 : now.indexOf(next)
}

export function useQueueFocus(keys: readonly string[]) {
  const box = useRef<HTMLDivElement>(null)
  const held = useRef<string | null>(null)
  const before = useRef(keys)
  const itemOf = (key: string | undefined) =>
    key === undefined ? null : box.current?.querySelector<HTMLElement>(`[data-item="${key}"]`)
  // In the same turn as the item goes: the browser has just dropped the focus onto the page.
  useLayoutEffect(() => {
    const was = before.current
    before.current = keys
    if (held.current === null) return
    const place = placeAfter(was, keys, held.current)
    if (place === null) return
    const lost = document.activeElement === null || document.activeElement === document.body
    held.current = null
    if (!lost) return
    const next = itemOf(keys[place]) ?? box.current?.querySelector<HTMLElement>('[data-rest]')
    next?.focus()
  }, [keys])
  return {
    box,
    onFocusIn(event: FocusEvent) {
      const item = event.target instanceof Element && event.target.closest<HTMLElement>('[data-item]')
      held.current = (item && item.dataset['item']) || null
    },
    onFocusOut(event: FocusEvent) {
      // To somewhere else on purpose. An item that is taken away says nothing of where the focus goes.
      if (event.relatedTarget instanceof Node && !box.current?.contains(event.relatedTarget))
        held.current = null
    },
    onKeyDown(event: KeyboardEvent) {
      const step = STEPS[event.key]
      const from = event.target instanceof HTMLElement ? event.target.dataset['item'] : undefined
      if (step === undefined || from === undefined) return
      event.preventDefault()
      const at = Math.max(0, Math.min(keys.length - 1, keys.indexOf(from) + step))
      itemOf(keys[at])?.focus()
    },
  }
}
