// One-time permissions to publish, in memory: a node that restarts has forgotten them and the studio asks again.
import type { StreamId } from '../../shared/ids.ts'
import type { Clock, Random } from '../app/ports.ts'
import type { Grants } from '../app/video-ports.ts'

const LIFE_MS = 60_000
const GRANT_BYTES = 32

/** `issuer`: the node whose memory it is, in front of each: another node asks it. */
export function createGrants({
  clock,
  random,
  issuer,
}: {
  clock: Clock
  random: Random
  issuer?: string | undefined
}): Grants & {
  revoke(stream: StreamId): void
} {
  const grants = new Map<string, { stream: StreamId; expiresAt: number }>()

  /** Oldest first, since all live equally long. */
  function sweep(now: number): void {
    for (const [grant, { expiresAt }] of grants) {
      if (expiresAt > now) return
      grants.delete(grant)
    }
  }

  return {
    issue(stream) {
      const now = clock.now()
      sweep(now)
      const token = random.token(GRANT_BYTES)
      const grant = issuer === undefined ? token : `${issuer}.${token}`
      const expiresAt = now + LIFE_MS
      grants.set(grant, { stream, expiresAt })
      return { grant, expiresAt }
    },
    redeem(grant) {
      const found = grants.get(grant)
      grants.delete(grant)
      return found && found.expiresAt > clock.now() ? found.stream : null
    },
    revoke(stream) {
      for (const [grant, issued] of grants) if (issued.stream === stream) grants.delete(grant)
    },
  }
}
