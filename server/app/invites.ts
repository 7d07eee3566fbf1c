// Invites: a host lets one person sign up.
import type { Invite, InviteRequest, SignUpPolicy } from '../../shared/api/identity.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { Clock, People, Random } from './ports.ts'
import type { Who } from './sessions.ts'

const LIFE_MS = 7 * 24 * 3_600_000
const TOKEN_BYTES = 32

export type Invites = ReturnType<typeof createInvites>

export function createInvites(deps: {
  people: People
  clock: Clock
  random: Random
  digest: (token: string) => string
  publicUrl: string
  signUp: SignUpPolicy
}) {
  const { people, clock, random, digest, publicUrl } = deps
  return {
    async create({ principal }: Who, { canHost }: InviteRequest): Promise<Result<Invite>> {
      if (!principal.canHost) return deny('not_allowed')
      if (deps.signUp === 'closed') return deny('sign_up_closed')
      const token = random.token(TOKEN_BYTES)
      const expiresAt = clock.now() + LIFE_MS
      await people.createInvite({ tokenHash: digest(token), by: principal.id, canHost, expiresAt })
      return ok({ url: `${publicUrl}/sign-up#${token}`, expiresAt })
    },
  }
}
