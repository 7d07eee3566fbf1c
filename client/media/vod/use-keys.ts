// Keys for a recording, from inside the player and from the page when nothing else has the focus.
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { actionOf, type KeyAction } from './keys.ts'

export function useKeys(box: RefObject<HTMLElement | null>, act: (action: KeyAction) => void): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { target } = event
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (!(target instanceof Element)) return
      if (target !== document.body && !box.current?.contains(target)) return
      const action = actionOf(event.key, kindOf(target))
      if (!action) return
      event.preventDefault()
      latest.current(action)
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

function kindOf(target: Element): Parameters<typeof actionOf>[1] {
  if (target instanceof HTMLInputElement) return target.classList.contains('seek-input') ? 'seek' : 'slider'
  if (target instanceof HTMLSelectElement) return 'list'
  return target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement ? 'button' : 'none'
}
