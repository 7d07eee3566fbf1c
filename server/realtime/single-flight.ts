// Many who ask for the same thing while it is being fetched share the one answer. Nothing is kept after it came.
export function createSingleFlight<K, V>(fetch: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const flying = new Map<K, Promise<V>>()
  return (key) => {
    const flight = flying.get(key) ?? fetch(key).finally(() => flying.delete(key))
    flying.set(key, flight)
    return flight
  }
}
