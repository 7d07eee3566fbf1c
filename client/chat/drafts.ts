// What stands in a composer and was not sent: kept for this tab, since phones drop pages in the background. A
// private one goes when another person takes the tab over.
import type { PrincipalId } from '../../shared/ids.ts'
import type { Lane } from './outbox.ts'
import type { Shelf } from './surroundings.ts'
import type { Person } from './threads.ts'

export type Drafts = Readonly<Record<string, string>>

export const draftKey = (lane: Lane, to?: Person): string => (to ? `${lane}:${to.id}` : lane)

export function createDrafts({ shelf, slug }: { shelf: Shelf; slug: string }) {
  const key = `stagedoor:drafts:${slug}`
  let kept = read(shelf.get(key))

  function keep(person: PrincipalId | null, texts: Drafts): Drafts {
    kept = { person, texts }
    shelf.set(key, JSON.stringify(kept))
    return texts
  }

  return {
    load: (): Drafts => kept.texts,
    put: (draft: string, text: string): Drafts => keep(kept.person, { ...kept.texts, [draft]: text }),
    /** It is known who writes here now. */
    claim(person: PrincipalId): Drafts {
      if (kept.person === person) return kept.texts
      if (kept.person === null) return keep(person, kept.texts)
      return keep(person, kept.texts['public'] ? { public: kept.texts['public'] } : {})
    },
  }
}

function read(json: string | null): { person: PrincipalId | null; texts: Drafts } {
  const nothing = { person: null, texts: {} }
  try {
    const value: unknown = JSON.parse(json ?? 'null')
    if (typeof value !== 'object' || value === null) return nothing
    const { person, texts } = value as Record<string, unknown>
    if (typeof texts !== 'object' || texts === null) return nothing
    return { person: typeof person === 'string' ? person : null, texts: texts as Drafts }
  } catch {
    return nothing
  }
}
