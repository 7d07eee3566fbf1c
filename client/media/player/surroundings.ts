// What the browser knows of the network, and what its viewer chose on this visit.
import type { Choice } from './chooser.ts'
import type { Network } from './rung.ts'

type Connection = { saveData?: boolean; effectiveType?: string }

/** Browsers without an opinion have a fast network. */
export function networkNow(): Network {
  const { connection } = navigator as { connection?: Connection }
  if (connection?.saveData) return 'saving'
  return /^(slow-2g|2g|3g)$/.test(connection?.effectiveType ?? '') ? 'slow' : 'fast'
}

const KEY = 'stagedoor:quality'

/** Kept until the tab is closed. Without storage: as long as nothing is loaded anew. */
let fallback: Choice = 'auto'
export const visitChoice = {
  get(): Choice {
    try {
      const kept = sessionStorage.getItem(KEY)
      return kept === 'main' || kept === 'low' ? kept : 'auto'
    } catch {
      return fallback
    }
  },
  set(choice: Choice): void {
    fallback = choice
    try {
      sessionStorage.setItem(KEY, choice)
    } catch {
      // A private window that keeps nothing.
    }
  },
}
