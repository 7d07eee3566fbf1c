// Sessions: a signed token says which row, the row says whether it still holds.
import type { PrincipalId } from '../../shared/ids.ts'
import { createRecently } from './recently.ts'
import type { Bus, Clock, People, Principal, Random, Tokens } from './ports.ts'

/** Somebody acting through one session. */
export type Who = { principal: Principal; session: string }
/** A session that has just begun; the token goes into the cookie. */
export type Begun = { who: Who; token: string; expiresAt: number }

export type Sessions = ReturnType<typeof createSessions>

const LIFE_MS = 30 * 24 * 3_600_000

export function createSessions(deps: {
  people: People
  tokens: Tokens
  clock: Clock
  random: Random
  bus: Bus
}) {
  const { people, tokens, clock, random, bus } = deps
  // Players show theirs with every part of a second of video.
  const named = createRecently<{ session: string } | null>({ clock })

  /** Nodes look at once instead of at their next poll. */
  const ended = () => bus.publish({ type: 'revoked' })

  async function end({ session }: Who): Promise<void> {
    await people.endSession(session)
    ended()
  }

  return {
    /** `former` is who this browser was until now: one browser holds one session. */
    async begin(principal: Principal, former: Who | null): Promise<Begun> {
      const session = random.uuid()
      const expiresAt = clock.now() + LIFE_MS
      await people.createSession({ id: session, principal: principal.id, expiresAt })
      const token = await tokens.session({ session, principal: principal.id, expiresAt })
      if (former) await end(former)
      return { who: { principal, session }, token, expiresAt }
    },

    async read(token: string): Promise<Who | null> {
      const claims = await tokens.readSession(token)
      if (!claims) return null
      const principal = await people.sessionPrincipal(claims.session, clock.now())
      return principal?.id === claims.principal ? { principal, session: claims.session } : null
    },

    /** The session a token names; null when it is no token of ours. Whether it still holds, its row says. */
    named: (token: string) => named.ask(token, () => tokens.readSession(token)),

    end,
    /** Says that sessions ended in a transaction of somebody else's. */
    ended,

    async endAll(principal: PrincipalId): Promise<void> {
      await people.endSessions(principal)
      ended()
    },
  }
}
