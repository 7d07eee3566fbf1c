// REST: who am I, how do I become somebody. Requests are schemas (the server parses with them, the client
// types come from them); responses are types. A refusal is `{code, says, field?, retryAfterMs?}` (errors.ts).
import * as v from 'valibot'
import type { PrincipalId } from '../ids.ts'
import { LIMITS } from '../protocol/limits.ts'

/** Shape and a hostile-size cap; domain/name decides what a name may be. */
const name = v.pipe(v.string(), v.maxLength(LIMITS.nameChars * 4))
const email = v.pipe(
  v.string(),
  v.maxLength(254),
  v.regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address'),
)
const password = v.pipe(
  v.string(),
  v.minLength(LIMITS.passwordMinChars),
  v.maxLength(LIMITS.passwordMaxChars),
)
const token = v.pipe(v.string(), v.minLength(16), v.maxLength(256))

/** POST /api/guest: a guest session; without a name the server makes one up. */
export const guestRequest = v.strictObject({ name: v.optional(name) })
/** POST /api/sign-up */
export const signUpRequest = v.strictObject({ email, password, name, invite: v.optional(token) })
/** POST /api/sign-in. The password is not length-checked: a short one is simply wrong. */
export const signInRequest = v.strictObject({
  email,
  password: v.pipe(v.string(), v.maxLength(LIMITS.passwordMaxChars)),
})
/** POST /api/sign-in/link: the one-time token from the fragment of a login link. */
export const linkRequest = v.strictObject({ token })
/** PATCH /api/me. Changing e-mail or password needs `currentPassword` once a password exists; a new password
 * ends every other session. */
export const profileRequest = v.strictObject({
  name: v.optional(name),
  email: v.optional(email),
  password: v.optional(password),
  currentPassword: v.optional(v.pipe(v.string(), v.maxLength(LIMITS.passwordMaxChars))),
})
// POST /api/sign-out ends this session, POST /api/sign-out/everywhere all sessions of this person. Both take
// `{}` and answer Me.

/** POST /api/invites (hosts): a single-use invite to sign up. */
export const inviteRequest = v.strictObject({ canHost: v.boolean() })

export type GuestRequest = v.InferOutput<typeof guestRequest>
export type SignUpRequest = v.InferOutput<typeof signUpRequest>
export type SignInRequest = v.InferOutput<typeof signInRequest>
export type LinkRequest = v.InferOutput<typeof linkRequest>
export type ProfileRequest = v.InferOutput<typeof profileRequest>
export type InviteRequest = v.InferOutput<typeof inviteRequest>

export type SignUpPolicy = 'open' | 'invite' | 'closed'

/** GET /api/me, and the answer of every call above that changes who you are. */
export type Me = {
  principal: null | {
    id: PrincipalId
    name: string
    kind: 'guest' | 'account'
    canHost: boolean
    /** Accounts only. Null until the first host has chosen them. */
    email: string | null
    hasPassword: boolean
  }
  signUp: SignUpPolicy
}

export type Invite = { url: string; expiresAt: number }
