// Who is here, by person: one with three tabs is one viewer (N3).
import type { PrincipalId } from '../../shared/ids.ts'

export type Presence = {
  arrive(person: PrincipalId): void
  leave(person: PrincipalId): void
  count(): number
}

export function createPresence(): Presence {
  const sockets = new Map<PrincipalId, number>()
  return {
    arrive: (person) => void sockets.set(person, (sockets.get(person) ?? 0) + 1),
    leave(person) {
      const left = (sockets.get(person) ?? 0) - 1
      if (left > 0) sockets.set(person, left)
      else sockets.delete(person)
    },
    count: () => sockets.size,
  }
}
