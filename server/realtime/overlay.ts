// The seat of an overlay: the public room and nothing else, whoever opened it, because it is drawn into the public
// picture. It reads as nobody, behind the moderation delay, is no viewer and writes nothing. Its key stands where a
// person's id stands otherwise, so that what counts and closes sockets finds it.
import { deny, ok } from '../../shared/protocol/index.ts'
import type { CloseCode, Request } from '../../shared/protocol/index.ts'
import type { Answer, Caller } from '../app/commands/handler.ts'
import { createRead } from '../app/commands/read.ts'
import type { OverlayTokens, Overlays } from '../app/overlay-ports.ts'
import type { Clock, Journal, PassClaims, Streams } from '../app/ports.ts'
import { readsLog } from '../domain/audience.ts'
import { isOpen } from '../domain/gate.ts'
import type { Admitted } from './join.ts'

export type OverlaySeats = {
  /** Null for what is no overlay pass now. */
  read(pass: string): Promise<PassClaims | null>
  admit(claims: PassClaims): Promise<Admitted | CloseCode>
  /** May reject, as other commands do. */
  run(caller: Caller, request: Request): Promise<Answer>
}

type Deps = {
  overlays: Pick<Overlays, 'seat'>
  tokens: Pick<OverlayTokens, 'readOverlay'>
  streams: Pick<Streams, 'byId'>
  journal: Pick<Journal, 'read'>
  /** The newest revocation this node has acted on. */
  revocations: { seq(): number }
  clock: Pick<Clock, 'now'>
}

export function createOverlaySeats(deps: Deps): OverlaySeats {
  const { overlays, tokens, streams, journal, revocations, clock } = deps
  // As nobody; behind a gate, where nobody reads, as the host, whose key it was opened with.
  const readRoom = createRead({
    async read(_as, log, from, to) {
      const stream = await streams.byId(log.stream)
      const as = stream && !isOpen(stream.gate) ? stream.host.id : null
      return journal.read(as, log, from, to)
    },
  })

  async function read(pass: string): Promise<PassClaims | null> {
    const claims = await tokens.readOverlay(pass)
    if (!claims || claims.expiresAt <= clock.now()) return null
    const { key, stream, expiresAt } = claims
    return { principal: key, session: '', stream, expiresAt }
  }

  async function renew(caller: Caller, id: string, pass: string): Promise<Answer> {
    const claims = await read(pass)
    if (!claims) return deny('sign_in', { field: 'pass' })
    if (claims.principal !== caller.id || claims.stream !== caller.stream.id)
      return deny('not_allowed', { field: 'pass' })
    let found: Awaited<ReturnType<typeof overlays.seat>>
    do found = await overlays.seat(claims.principal)
    while (found.seen < revocations.seq())
    if (found.stream !== claims.stream) return deny('sign_in', { field: 'pass' })
    caller.renewed(claims)
    return ok({ t: 'ok', re: id })
  }

  return {
    read,
    async admit(claims) {
      const [{ stream: opens, seen }, stream] = await Promise.all([
        overlays.seat(claims.principal),
        streams.byId(claims.stream),
      ])
      if (opens !== claims.stream) return 4401
      if (!stream) return 4404
      return { person: null, stream, role: 'viewer', seen }
    },
    async run(caller, request) {
      if (request.t === 'renew') return renew(caller, request.id, request.pass)
      if (request.t !== 'read') return deny('not_allowed')
      if (!readsLog('OV', request.log)) return deny('not_found')
      if (request.viewer !== undefined) return deny('bad_request', { field: 'viewer' })
      return readRoom(caller, request)
    },
  }
}
