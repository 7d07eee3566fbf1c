// Guests: a name and a session, nothing else.
import type { GuestRequest } from '../../shared/api/identity.ts'
import { ok, type Result } from '../../shared/protocol/index.ts'
import { displayName, guestName } from '../domain/name.ts'
import type { Limiter } from './limiter.ts'
import type { People, Random } from './ports.ts'
import type { Begun, Sessions, Who } from './sessions.ts'

export type Guests = ReturnType<typeof createGuests>

export function createGuests(deps: { people: People; sessions: Sessions; random: Random; limit: Limiter }) {
  const { people, sessions, random, limit } = deps
  return {
    async create(request: GuestRequest, address: string, former: Who | null): Promise<Result<Begun>> {
      const name = request.name === undefined ? ok(guestName(random.fraction())) : displayName(request.name)
      if (!name.ok) return name
      const allowed = limit.take(address)
      if (!allowed.ok) return allowed
      const guest = { id: random.uuid(), name: name.value }
      await people.createGuest(guest)
      const principal = { ...guest, kind: 'guest' as const, canHost: false, email: null, hasPassword: false }
      return ok(await sessions.begin(principal, former))
    },
  }
}
