// Rights of the connected in memory, for tests.
import type { Clock, Principal, Rights } from '../../app/ports.ts'
import { standingIn } from './tables.ts'
import type { PersonRow, Tables } from './tables.ts'

export function createMemoryRights(tables: Tables, clock: Clock): Rights {
  const newest = () => tables.revocations.at(-1)?.seq ?? 0
  return {
    admissions: (asked, now) =>
      Promise.resolve(
        asked.map(({ session, stream }) => {
          const row = tables.sessions.get(session)
          const found = row && row.expiresAt > now ? tables.people.get(row.principal) : undefined
          const { role, banned, refused } = standingIn(tables, found?.id ?? '', stream, clock.now())
          return { person: found ? principalOf(found) : null, role, banned, refused, seen: newest() }
        }),
      ),
    revocations: (after) =>
      Promise.resolve({
        newest: newest(),
        revocations: after === null ? [] : tables.revocations.filter(({ seq }) => seq > after),
      }),
  }
}

function principalOf({ id, kind, name, canHost, email, hasPassword }: PersonRow): Principal {
  return { id, kind, name, canHost, email, hasPassword }
}
