// Whether this viewer wants the chat to wait for the picture: kept on this device, for every stream.
import { useCallback, useState } from 'preact/hooks'
import { shelfOf } from '../../chat/browser.ts'

const shelf = shelfOf(() => localStorage)
const KEY = 'stagedoor:align'

/** Below this nobody sees a difference. */
export const NOTICED_MS = 1_500

export type Align = { on: boolean; set: (on: boolean) => void }

export function useAlign(): Align {
  const [on, setOn] = useState(() => shelf.get(KEY) === 'on')
  const set = useCallback((next: boolean) => {
    setOn(next)
    if (next) shelf.set(KEY, 'on')
    else shelf.remove(KEY)
  }, [])
  return { on, set }
}
