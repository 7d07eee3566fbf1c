// Keys for the player. They work only while the focus is inside it, so that a letter typed into the chat stays
// a letter.
import { useEffect, useRef } from 'preact/hooks'
import type { RefObject } from 'preact'

/** `back`: where one can go back in what is live. */
export type Keys = { toggle(): void; mute(): void; stir(): void; back?(): void }

/** Space belongs to the button that has the focus; `k` plays and pauses from anywhere in the player. */
export function useShortcuts(box: RefObject<HTMLElement | null>, keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const element = box.current
    if (!element) return
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      latest.current.stir()
      switch (event.key.toLowerCase()) {
        case 'k':
          latest.current.toggle()
          break
        case 'm':
          latest.current.mute()
          break
        case 'f':
          toggleFullscreen(element)
          break
        case 'arrowleft':
          // The volume is a slider of its own.
          if (!latest.current.back || event.target instanceof HTMLInputElement) return
          latest.current.back()
          break
        default:
          return
      }
      event.preventDefault()
    }
    element.addEventListener('keydown', pressed)
    return () => element.removeEventListener('keydown', pressed)
  }, [])
}

/** iPhones know full screen for the video element alone, under a name of their own. */
export function toggleFullscreen(box: HTMLElement): void {
  const refused = (): void => undefined
  if (document.fullscreenElement) document.exitFullscreen().catch(refused)
  else if ('requestFullscreen' in box) box.requestFullscreen().catch(refused)
  else iphoneVideo(box)?.webkitEnterFullscreen?.()
}

type IphoneVideo = HTMLVideoElement & { webkitEnterFullscreen?(): void }
const iphoneVideo = (box: Element): IphoneVideo | null => box.querySelector<IphoneVideo>('video')
