// The first start: a host account without a password, and a link that signs its owner in once.
import { skeleton } from '../domain/confusable.ts'
import type { Clock, People, Random } from './ports.ts'

const LINK_LIFE_MS = 24 * 3_600_000
const TOKEN_BYTES = 32

export type HostDeps = {
  people: People
  clock: Clock
  random: Random
  digest: (token: string) => string
  publicUrl: string
}

/** The link to print; null once the host has chosen a password. Until then every start makes a fresh one. The
 * token travels behind the # of the address, which browsers keep to themselves. */
export async function ensureHost(deps: HostDeps): Promise<string | null> {
  const { people, clock, random, digest, publicUrl } = deps
  const now = clock.now()
  await people.createFirstHost({ id: random.uuid(), name: 'Host', skeleton: skeleton('Host') })
  const principal = await people.unclaimedHost()
  if (principal === null) return null
  const token = random.token(TOKEN_BYTES)
  await people.createLoginLink({ tokenHash: digest(token), principal, expiresAt: now + LINK_LIFE_MS })
  return `${publicUrl}/enter#${token}`
}
