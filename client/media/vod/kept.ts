// Where a viewer left off, on this device: per stream, the moment that the picture showed. By moments, because a
// trim moves every place of a recording and no moment.
import type { Shelf } from '../../chat/surroundings.ts'

export type Kept = { date: number; keptAt: number }

/** Shorter than this there is nothing to go on from, and nothing left to see. */
const EDGE_MS = 15_000
const KEEP_DAYS = 90
const DAY_MS = 86_400_000

const keyOf = (slug: string) => `stagedoor:place:${slug}`

/** Null: nothing is known, or it was long ago. */
export function keptPlace(shelf: Shelf, slug: string, now: number): Kept | null {
  try {
    const value: unknown = JSON.parse(shelf.get(keyOf(slug)) ?? 'null')
    if (typeof value !== 'object' || value === null) return null
    const { date, keptAt } = value as Partial<Kept>
    if (typeof date !== 'number' || typeof keptAt !== 'number') return null
    return now - keptAt > KEEP_DAYS * DAY_MS ? null : { date, keptAt }
  } catch {
    return null
  }
}

/** Near the beginning or the end it is forgotten instead: the next visit starts over. */
export function keepPlace(
  shelf: Shelf,
  slug: string,
  place: { position: number; total: number; date: number; now: number },
): void {
  const { position, total, date, now } = place
  if (position < EDGE_MS || total - position < EDGE_MS) shelf.remove(keyOf(slug))
  else shelf.set(keyOf(slug), JSON.stringify({ date, keptAt: now }))
}
