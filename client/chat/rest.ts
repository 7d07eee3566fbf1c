// The few REST calls of the chat: a pass for the socket, and a name for a guest.
import type { GuestRequest, Me, ProfileRequest } from '../../shared/api/identity.ts'
import type { Pass } from '../../shared/api/streams.ts'
import type { ErrorCode } from '../../shared/protocol/errors.ts'

export type Refusal = { code: ErrorCode; says: string; retryAfterMs?: number }
/** `unreachable`: no answer, or one that is not ours (a proxy's error page). */
export type Answer<T> = { ok: true; value: T } | { ok: false; refusal: Refusal | 'unreachable' }

const TIMEOUT_MS = 10_000

async function call<T>(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const value: unknown = await response.json()
    if (response.ok) return { ok: true, value: value as T }
    return { ok: false, refusal: isRefusal(value) ? value : 'unreachable' }
  } catch {
    return { ok: false, refusal: 'unreachable' }
  }
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'code' in value && 'says' in value
}

export const askForPass = (slug: string) =>
  call<Pass>('POST', `/api/streams/${encodeURIComponent(slug)}/pass`, {})

/** The pass call has minted a guest already, so this renames it; without a session it makes a named one. */
export async function chooseName(name: string): Promise<Answer<Me>> {
  const renamed = await call<Me>('PATCH', '/api/me', { name } satisfies ProfileRequest)
  if (renamed.ok || renamed.refusal === 'unreachable' || renamed.refusal.code !== 'sign_in') return renamed
  return call<Me>('POST', '/api/guest', { name } satisfies GuestRequest)
}
