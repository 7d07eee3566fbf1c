// Who is followed, counted: several on one node may follow the same stream, and it is left with the last of them.

export type Follows<K> = {
  has(key: K): boolean
  /** The returned function releases once, however often it is called. */
  follow(key: K): () => void
}

export function createFollows<K>(hooks: { first?(key: K): void; last?(key: K): void } = {}): Follows<K> {
  const counts = new Map<K, number>()
  return {
    has: (key) => counts.has(key),
    follow(key) {
      const before = counts.get(key) ?? 0
      counts.set(key, before + 1)
      if (before === 0) hooks.first?.(key)
      let released = false
      return () => {
        if (released) return
        released = true
        const left = (counts.get(key) ?? 1) - 1
        if (left > 0) counts.set(key, left)
        else {
          counts.delete(key)
          hooks.last?.(key)
        }
      }
    },
  }
}
