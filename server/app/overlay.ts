// Overlays: a stream's host makes the key, and whoever has the key gets passes for the public room of that stream.
// Nobody is asked who they are: it shows the same to all, its host too.
import type { OverlayLink, OverlayPass, OverlayState } from '../../shared/api/overlay.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { Limiter } from './limiter.ts'
import type { OverlayTokens, Overlays } from './overlay-ports.ts'
import type { Bus, Clock, Random, Stream, Streams } from './ports.ts'
import type { Who } from './sessions.ts'

const KEY_BYTES = 32
const PASS_LIFE_MS = 10 * 60_000

export type OverlayCases = ReturnType<typeof createOverlayCases>

export function createOverlayCases(deps: {
  streams: Pick<Streams, 'bySlug'>
  overlays: Overlays
  tokens: Pick<OverlayTokens, 'overlay'>
  bus: Pick<Bus, 'publish'>
  clock: Clock
  random: Random
  digest: (token: string) => string
  publicUrl: string
  /** By person, and by address. */
  limits: { keys: Limiter; passes: Limiter }
}) {
  const { streams, overlays, tokens, bus, clock, random, digest, publicUrl, limits } = deps

  async function asHost<T>(
    { principal }: Who,
    slug: string,
    then: (stream: Stream) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const allowed = limits.keys.take(principal.id)
    if (!allowed.ok) return allowed
    const stream = await streams.bySlug(slug)
    return stream ? then(stream) : deny('not_found')
  }

  /** Nodes look at once instead of at their next poll. */
  const ended = () => bus.publish({ type: 'revoked' })

  return {
    /** The key travels behind the # of the address, which browsers keep to themselves. */
    replace: (who: Who, slug: string): Promise<Result<OverlayLink>> =>
      asHost(who, slug, async ({ id }) => {
        const key = random.token(KEY_BYTES)
        const set = await overlays.set(who.principal.id, id, digest(key))
        if (!set.ok) return set
        ended()
        return ok({ url: `${publicUrl}/overlay/${slug}#${key}` })
      }),

    remove: (who: Who, slug: string): Promise<Result<OverlayState>> =>
      asHost(who, slug, async ({ id }) => {
        const cleared = await overlays.clear(who.principal.id, id)
        if (!cleared.ok) return cleared
        ended()
        return ok({ since: null })
      }),

    state: (who: Who, slug: string): Promise<Result<OverlayState>> =>
      asHost(who, slug, async ({ id }) => {
        const since = await overlays.since(who.principal.id, id)
        return since.ok ? ok({ since: since.value }) : since
      }),

    async pass(slug: string, key: string, address: string): Promise<Result<OverlayPass>> {
      const allowed = limits.passes.take(address)
      if (!allowed.ok) return allowed
      const [stream, found] = await Promise.all([streams.bySlug(slug), overlays.byHash(digest(key))])
      if (!stream || found?.stream !== stream.id) return deny('not_found')
      // Tokens count in seconds: what the client is told is what the token says.
      const expiresAt = Math.floor((clock.now() + PASS_LIFE_MS) / 1_000) * 1_000
      return ok({ pass: await tokens.overlay({ key: found.id, stream: stream.id, expiresAt }), expiresAt })
    },
  }
}
