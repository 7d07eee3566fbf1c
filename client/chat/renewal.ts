// A new pass before the old one ends, over the open socket.
import type { Request } from '../../shared/protocol/commands.ts'
import type { Pass } from '../../shared/api/streams.ts'
import type { Clock, Random } from './surroundings.ts'

const RENEW_MIN_MS = 5_000

export function createRenewal(deps: {
  clock: Clock
  random: Random
  later: (ms: number, fn: () => void) => void
  fresh: (then: (pass: Pass) => void, otherwise: () => void) => void
  send: (request: Request) => boolean
  /** Server clock minus ours. */
  skew: () => number
}) {
  function before(expiresAt: number): void {
    const left = expiresAt - deps.skew() - deps.clock.now()
    // Early enough for a second try, late enough not to renew a long pass all the time. A crowd that came together
    // got its passes together: it must not renew them together.
    deps.later(Math.max(RENEW_MIN_MS, left * (0.65 + 0.2 * deps.random.fraction())), renew)
  }

  function renew(): void {
    deps.fresh(
      ({ pass, expiresAt }) => {
        // The reply is not awaited: a refused or lost renewal ends in 4401, which reconnects with a new pass.
        deps.send({ t: 'renew', id: deps.random.uuid(), pass })
        before(expiresAt)
      },
      () => deps.later(RENEW_MIN_MS, renew),
    )
  }

  return { before }
}
