// The denials: code -> HTTP status, when trying again makes sense, and what the person should do.
// A code is a promise to clients: add, never rename.

import type { ClosedStream } from '../api/gates.ts'

type Retry = 'never' | 'later' | 'after_auth'
type ErrorRow = { http: number; retry: Retry; says: string }

export const ERRORS = {
  bad_request: { http: 400, retry: 'never', says: 'The request is malformed. Check the named field.' },
  text_empty: { http: 400, retry: 'never', says: 'Write something first.' },
  text_too_long: { http: 400, retry: 'never', says: 'The text is too long. Shorten it.' },
  text_forbidden: { http: 400, retry: 'never', says: 'Remove control characters from the text.' },
  sign_in: { http: 401, retry: 'after_auth', says: 'Sign in or choose a name first.' },
  wrong_credentials: { http: 401, retry: 'never', says: 'E-mail or password is wrong.' },
  link_used: {
    http: 401,
    retry: 'never',
    says: 'This login link was used or has expired. Ask for a new one.',
  },
  recent_login: {
    http: 401,
    retry: 'after_auth',
    says: 'Sign in again first: this needs a login of the last minutes.',
  },
  not_allowed: { http: 403, retry: 'never', says: 'You may not do this here.' },
  banned: { http: 403, retry: 'never', says: 'You are banned from this stream.' },
  timed_out: { http: 403, retry: 'never', says: 'You cannot write here for a while.' },
  accounts_only: {
    http: 403,
    retry: 'after_auth',
    says: 'Only people with an account can write here. Sign up or sign in.',
  },
  members_only: { http: 403, retry: 'never', says: 'Only members can write here.' },
  passphrase_needed: { http: 403, retry: 'never', says: 'This stream opens with a passphrase of its host.' },
  link_needed: { http: 403, retry: 'never', says: 'This stream opens with an invite link of its host.' },
  account_needed: {
    http: 403,
    retry: 'after_auth',
    says: 'Only people with an account can watch this. Sign up or sign in.',
  },
  membership_needed: { http: 403, retry: 'never', says: 'Only members of this host can watch this.' },
  passphrase_wrong: { http: 403, retry: 'never', says: 'That is not the passphrase. Try again.' },
  link_wrong: {
    http: 403,
    retry: 'never',
    says: 'This invite link holds no longer. Ask the host for a new one.',
  },
  account_too_new: {
    http: 403,
    retry: 'never',
    says: 'You are too new here to write. Wait for the countdown.',
  },
  thread_closed: { http: 403, retry: 'never', says: 'The host takes no private messages from you.' },
  bad_origin: { http: 403, retry: 'never', says: 'Open the page from this site itself.' },
  sign_up_closed: { http: 403, retry: 'never', says: 'Sign-up is closed here. Ask the host for an account.' },
  invite_needed: { http: 403, retry: 'never', says: 'Sign-up needs an invite link. Ask the host for one.' },
  text_blocked: { http: 400, retry: 'never', says: 'This contains words that are not allowed here.' },
  link_refused: { http: 400, retry: 'never', says: 'Links are not allowed here.' },
  name_reserved: {
    http: 409,
    retry: 'never',
    says: 'This name looks like that of the host or a moderator. Choose another.',
  },
  not_found: { http: 404, retry: 'never', says: 'There is nothing here.' },
  pin_not_public: {
    http: 409,
    retry: 'never',
    says: 'Only a public message of this stream that still exists can be pinned.',
  },
  reply_not_here: {
    http: 409,
    retry: 'never',
    says: 'You can only reply to a message in the same conversation.',
  },
  idempotency_mismatch: {
    http: 409,
    retry: 'never',
    says: 'This id was used for something else. Choose a new id.',
  },
  email_taken: { http: 409, retry: 'never', says: 'An account with this e-mail exists. Sign in instead.' },
  slug_taken: { http: 409, retry: 'never', says: 'This address is taken. Choose another.' },
  already_live: {
    http: 409,
    retry: 'later',
    says: 'This stream is already being published. End it there first.',
  },
  stream_ended: { http: 409, retry: 'never', says: 'The stream is over and the chat is closed.' },
  wrong_state: { http: 409, retry: 'never', says: 'This does not fit the current state of the stream.' },
  too_large: { http: 413, retry: 'never', says: 'The request is too large.' },
  rate_limited: { http: 429, retry: 'later', says: 'Too fast. Wait a moment.' },
  duplicate: {
    http: 429,
    retry: 'later',
    says: 'You just said that. Wait for the countdown or say something else.',
  },
  rules_changed: {
    http: 409,
    retry: 'later',
    says: 'The rules of this chat changed just now. Send it again.',
  },
  slow_mode: { http: 429, retry: 'later', says: 'Slow mode is on. Wait for the countdown.' },
  internal: {
    http: 500,
    retry: 'later',
    says: 'Something broke on our side. Quote the id when you report it.',
  },
  overloaded: { http: 503, retry: 'later', says: 'The server is busy. Nothing was accepted; try again.' },
  unavailable: {
    http: 503,
    retry: 'later',
    says: 'The database is away. Send it again: it will not be there twice.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/** A refusal that was expected: a value, never thrown across rooms. `field` names what to mend; `reason` is what a
 * moderator said why; `closed` is what may be known of a stream whose gate refused, over HTTP alone. */
export type Denial = {
  code: ErrorCode
  field?: string
  retryAfterMs?: number
  reason?: string
  closed?: ClosedStream
}
export type Result<T> = { ok: true; value: T } | { ok: false; denial: Denial }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const deny = (code: ErrorCode, more: Omit<Denial, 'code'> = {}): { ok: false; denial: Denial } => ({
  ok: false,
  denial: { code, ...more },
})
