// The moment that the picture shows, told by whatever plays it to whatever goes along with it.
export type Picture = {
  /** Unix ms on the server's clock; null while nothing is shown. */
  moment(): number | null
  tell(moment: number | null): void
  subscribe(fn: () => void): () => void
}

export function createPicture(): Picture {
  const listeners = new Set<() => void>()
  let moment: number | null = null
  return {
    moment: () => moment,
    tell(next) {
      if (next === moment) return
      moment = next
      for (const listener of listeners) listener()
    },
    subscribe(fn) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
  }
}
