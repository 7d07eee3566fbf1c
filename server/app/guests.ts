// Guests: a name and a session, nothing else.
import type { GuestRequest } from '../../shared/api/identity.ts'
import { ok, type Result } from '../../shared/protocol/index.ts'
import { displayName, guestName } from '../domain/name.ts'
import type { Limiter } from './limiter.ts'
import { untaken } from './names.ts'
import type { Names } from './moderation-ports.ts'
import type { People, Random } from './ports.ts'
import type { Begun, Sessions, Who } from './sessions.ts'

export type Guests = ReturnType<typeof createGuests>

export type GuestDeps = {
  people: People
  names: Pick<Names, 'taken'>
  sessions: Sessions
  random: Random
  limit: Limiter
}

export function createGuests(deps: GuestDeps) {
  const { people, names, sessions, random, limit } = deps
  return {
    async create(request: GuestRequest, address: string, former: Who | null): Promise<Result<Begun>> {
      const asked = request.name === undefined ? ok(guestName(random.fraction())) : displayName(request.name)
      if (!asked.ok) return asked
      const allowed = limit.take(address)
      if (!allowed.ok) return allowed
      const free = await untaken(names, asked.value, null)
      if (!free.ok) return free
      const id = random.uuid()
      const { name, skeleton } = asked.value
      await people.createGuest({ id, name, skeleton })
      const principal = { id, name, kind: 'guest' as const, canHost: false, email: null, hasPassword: false }
      return ok(await sessions.begin(principal, former))
    },
  }
}
