// What stands in a composer and was not sent: kept for this tab, since phones drop pages in the background.
import type { Lane } from './outbox.ts'
import type { Shelf } from './surroundings.ts'
import type { Person } from './threads.ts'

export const draftKey = (lane: Lane, to?: Person): string => (to ? `${lane}:${to.id}` : lane)

export function createDrafts({ shelf, slug }: { shelf: Shelf; slug: string }) {
  const prefix = `stagedoor:draft:${slug}:`
  return {
    load: (): Record<string, string> =>
      Object.fromEntries(
        shelf
          .keys()
          .filter((key) => key.startsWith(prefix))
          .map((key) => [key.slice(prefix.length), shelf.get(key) ?? '']),
      ),
    put(key: string, text: string): void {
      if (text === '') shelf.remove(prefix + key)
      else shelf.set(prefix + key, text)
    },
  }
}
