// Gates as hosts set them and viewers meet them. What decides is domain/gate.ts; the database has the last word.
import type { ClosedStream, EnterRequest, Gate, GateRequest } from '../../shared/api/gates.ts'
import { deny, ok, type Denial, type Result } from '../../shared/protocol/index.ts'
import { NOBODY, gateRefusal } from '../domain/gate.ts'
import { bannedBy } from '../domain/policy.ts'
import type { GateCode } from '../domain/privacy/gates.ts'
import type { Gates, InviteSecrets } from './gate-ports.ts'
import type { Guests } from './guests.ts'
import type { Limiter } from './limiter.ts'
import type { Clock, GateChange, Passwords, Standing, Stream, Streams } from './ports.ts'
import type { Begun, Who } from './sessions.ts'

/** A passphrase is hashed here, before anything is locked. `former` null: a stream that is being made. */
export async function gateChange(
  passwords: Pick<Passwords, 'hash'>,
  { kind, passphrase, reset = false }: GateRequest,
  former: Stream | null,
): Promise<Result<GateChange>> {
  const missing = kind === 'passphrase' && passphrase === undefined && former?.gate !== 'passphrase'
  const misplaced = kind !== 'passphrase' && passphrase !== undefined
  if (missing || misplaced) return deny('bad_request', { field: 'gate.passphrase' })
  const hash = passphrase === undefined ? null : await passwords.hash(passphrase)
  return ok({ kind, hash, reset })
}

/** What a stream shows of its gate to its host. The secret travels behind the # of the address, which browsers keep to
 * themselves. */
export function hostsGate(secrets: InviteSecrets, publicUrl: string) {
  return ({ id, slug, gate, gateRev }: Stream): Gate =>
    gate === 'invite'
      ? { kind: gate, link: `${publicUrl}/watch/${slug}#invite=${secrets.of(id, gateRev)}` }
      : { kind: gate }
}

/** What the gate says to a person, as the tables have it, or to a stranger. */
export function refusedAt(stream: Stream, standing: Standing | null): GateCode | null {
  return standing ? standing.refused : gateRefusal(stream.gate, NOBODY)
}

/** With it goes all that may be known of the stream. */
export function closed({ slug, title, host, gate }: Stream, code: GateCode): { ok: false; denial: Denial } {
  const about: ClosedStream = { slug, title, host, gate }
  return deny(code, { closed: about })
}

export type GateCases = ReturnType<typeof createGateCases>

export function createGateCases(deps: {
  streams: Pick<Streams, 'bySlug' | 'standing'>
  gates: Gates
  secrets: InviteSecrets
  passwords: Pick<Passwords, 'verify'>
  guests: Guests
  clock: Pick<Clock, 'now'>
  /** Attempts: by person, and by address for all who come from there. */
  limits: { person: Limiter; address: Limiter }
}) {
  const { streams, gates, secrets, passwords, guests, clock, limits } = deps

  /** Takes as long for a stream that asks for something else. */
  async function fits(stream: Stream | null, request: EnterRequest): Promise<boolean> {
    if ('passphrase' in request)
      return passwords.verify(stream && (await gates.passphrase(stream.id)), request.passphrase)
    if (!stream) return false
    return secrets.is(stream.id, stream.gateRev, request.invite) && stream.gate === 'invite'
  }

  function attempt(who: Who | null, address: string): Result<null> {
    const here = limits.address.take(address)
    if (!here.ok || !who) return here
    return limits.person.take(who.principal.id)
  }

  return {
    /** `begun`: the guest session that this made, when somebody without one came. */
    async enter(
      slug: string,
      who: Who | null,
      address: string,
      request: EnterRequest,
    ): Promise<Result<{ begun: Begun | null }>> {
      const allowed = attempt(who, address)
      if (!allowed.ok) return allowed
      const stream = await streams.bySlug(slug)
      const standing = who && stream && (await streams.standing(who.principal.id, stream.id))
      if (standing?.banned) return { ok: false, denial: bannedBy(standing, clock.now()) }
      const right = await fits(stream, request)
      if (!stream) return deny('not_found')
      // Whoever may watch anyway gave nothing wrong.
      if (refusedAt(stream, standing) === null) return ok({ begun: null })
      const wrong = () => deny('passphrase' in request ? 'passphrase_wrong' : 'link_wrong')
      if (!right) return wrong()
      let begun: Begun | null = null
      if (!who) {
        const guest = await guests.create({}, address, null)
        if (!guest.ok) return guest
        begun = guest.value
      }
      const person = who?.principal.id ?? begun?.who.principal.id ?? ''
      // Changed in between: what was given is wrong by now.
      const admitted = await gates.admit(person, stream.id, stream.gateRev)
      return admitted ? ok({ begun }) : wrong()
    },
  }
}
