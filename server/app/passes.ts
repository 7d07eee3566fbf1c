// Passes: minutes of access to the sockets of one stream, for one person. Somebody without a session becomes a
// nameless guest here, so that watching needs no form.
import type { Pass } from '../../shared/api/streams.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import { bannedBy } from '../domain/policy.ts'
import { closed, refusedAt } from './gates.ts'
import type { Guests } from './guests.ts'
import type { Limiter } from './limiter.ts'
import type { Clock, Streams, Tokens } from './ports.ts'
import type { Begun, Who } from './sessions.ts'

const LIFE_MS = 10 * 60_000

export type Passes = ReturnType<typeof createPasses>

export function createPasses(deps: {
  streams: Streams
  guests: Guests
  tokens: Tokens
  clock: Clock
  limit: Limiter
}) {
  const { streams, guests, tokens, clock, limit } = deps
  return {
    /** `begun` is the guest session this made, if it made one. */
    async issue(
      slug: string,
      who: Who | null,
      address: string,
    ): Promise<Result<{ pass: Pass; begun: Begun | null }>> {
      const allowed = limit.take(address)
      if (!allowed.ok) return allowed
      const stream = await streams.bySlug(slug)
      if (!stream) return deny('not_found')
      const standing = who && (await streams.standing(who.principal.id, stream.id))
      if (standing?.banned) {
        return { ok: false, denial: bannedBy(standing, clock.now()) }
      }
      const refused = refusedAt(stream, standing)
      if (refused !== null) return closed(stream, refused)
      let begun: Begun | null = null
      let holder = who
      if (!holder) {
        const guest = await guests.create({}, address, null)
        if (!guest.ok) return guest
        begun = guest.value
        holder = begun.who
      }
      // Tokens count in seconds: what the client is told is what the token says.
      const expiresAt = Math.floor((clock.now() + LIFE_MS) / 1_000) * 1_000
      const { principal, session } = holder
      const pass = await tokens.pass({ principal: principal.id, session, stream: stream.id, expiresAt })
      const { id, name, kind } = principal
      return ok({ pass: { pass, expiresAt, person: { id, name, guest: kind === 'guest' } }, begun })
    },
  }
}
