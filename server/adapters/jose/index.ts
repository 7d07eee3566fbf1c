// Sessions and passes as signed tokens. They say who, never what one may do. Every use has its own audience and
// type, so a token for one is nothing to the other.
import { webcrypto, type KeyObject } from 'node:crypto'
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import type { OverlayTokens } from '../../app/overlay-ports.ts'
import type { Clock, Tokens } from '../../app/ports.ts'
import { createRecognise } from './recognise.ts'

type Use<Claim extends string> = {
  audience: string
  type: string
  claims: readonly Claim[]
  maxAgeSeconds: number
}
type Claims<Claim extends string> = Record<Claim | 'sub', string> & { exp: number }

const ALGORITHM = 'HS256'
const ISSUER = 'stagedoor'
const SESSION: Use<'sid'> = {
  audience: 'session',
  type: 'session+jwt',
  claims: ['sid'],
  maxAgeSeconds: 31 * 24 * 3_600,
}
const PASS: Use<'sid' | 'stream'> = {
  audience: 'pass',
  type: 'pass+jwt',
  claims: ['sid', 'stream'],
  maxAgeSeconds: 3_600,
}
/** The key of the overlay is its subject: it is nobody's. */
const OVERLAY: Use<'stream'> = {
  audience: 'overlay',
  type: 'overlay+jwt',
  claims: ['stream'],
  maxAgeSeconds: 600,
}

/** The key is bound to its algorithm: with bytes alone a token would choose how it is checked. */
export function createTokens({ key, clock }: { key: KeyObject; clock: Clock }): Tokens & OverlayTokens {
  // Imported once: the library does it anew for every token otherwise, a third of what a check costs.
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const imported = webcrypto.subtle.importKey('raw', key.export(), hmac, false, ['sign', 'verify'])

  const recognises = new Map(
    [SESSION, PASS, OVERLAY].map((use): [Use<string>, ReturnType<typeof createRecognise>] => [
      use,
      createRecognise(key, { ...use, algorithm: ALGORITHM, issuer: ISSUER }),
    ]),
  )

  const sign = async (use: Use<string>, subject: string, expiresAt: number, claims: JWTPayload) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, typ: use.type })
      .setIssuer(ISSUER)
      .setAudience(use.audience)
      .setSubject(subject)
      .setIssuedAt(seconds(clock.now()))
      .setExpirationTime(seconds(expiresAt))
      .sign(await imported)

  /** Null for whatever is not such a token now; only a broken key or library throws. */
  async function read<Claim extends string>(use: Use<Claim>, token: string): Promise<Claims<Claim> | null> {
    const ours = recognises.get(use)?.(token, seconds(clock.now()))
    if (ours) return textsIn(use, ours)
    return judge(use, token)
  }

  async function judge<Claim extends string>(use: Use<Claim>, token: string): Promise<Claims<Claim> | null> {
    try {
      const { payload } = await jwtVerify(token, await imported, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: use.audience,
        typ: use.type,
        requiredClaims: ['sub', 'iat', 'exp', ...use.claims],
        maxTokenAge: use.maxAgeSeconds,
        currentDate: new Date(clock.now()),
      })
      return textsIn(use, payload)
    } catch (error) {
      if (error instanceof errors.JOSEError) return null
      throw error
    }
  }

  return {
    session: ({ session, principal, expiresAt }) => sign(SESSION, principal, expiresAt, { sid: session }),
    async readSession(token) {
      const claims = await read(SESSION, token)
      return claims && { session: claims.sid, principal: claims.sub }
    },
    pass: ({ session, principal, stream, expiresAt }) =>
      sign(PASS, principal, expiresAt, { sid: session, stream }),
    async readPass(token) {
      const claims = await read(PASS, token)
      if (!claims) return null
      const { sub, sid, stream, exp } = claims
      return { principal: sub, session: sid, stream, expiresAt: exp * 1_000 }
    },
    overlay: ({ key: of, stream, expiresAt }) => sign(OVERLAY, of, expiresAt, { stream }),
    async readOverlay(token) {
      const claims = await read(OVERLAY, token)
      return claims && { key: claims.sub, stream: claims.stream, expiresAt: claims.exp * 1_000 }
    },
  }
}

function textsIn<Claim extends string>(
  use: Use<Claim>,
  payload: Record<string, unknown>,
): Claims<Claim> | null {
  const strings = ['sub', ...use.claims].every((claim) => typeof payload[claim] === 'string')
  return strings ? (payload as Claims<Claim>) : null
}

const seconds = (ms: number) => Math.floor(ms / 1_000)
