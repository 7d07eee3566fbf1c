// Messages that this device does not show because their reader reported them: per stream, the newest few.
import type { MessageId } from '../../shared/ids.ts'
import type { Shelf } from './surroundings.ts'

const KEPT = 300

export function createHidden({ shelf, slug }: { shelf: Shelf; slug: string }) {
  const key = `stagedoor:hidden:${slug}`

  function load(): ReadonlySet<MessageId> {
    try {
      const value: unknown = JSON.parse(shelf.get(key) ?? '[]')
      return new Set(
        Array.isArray(value) ? value.filter((id): id is MessageId => typeof id === 'string') : [],
      )
    } catch {
      return new Set()
    }
  }

  return {
    load,
    put(id: MessageId, hide: boolean): ReadonlySet<MessageId> {
      const others = [...load()].filter((one) => one !== id)
      const ids = hide ? [...others, id].slice(-KEPT) : others
      shelf.set(key, JSON.stringify(ids))
      return new Set(ids)
    },
  }
}
