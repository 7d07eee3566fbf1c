// What overlays need from the outside: the one key of a stream that opens its public room and nothing else. Keys
// arrive hashed (SHA-256, hex).
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Result } from '../../shared/protocol/index.ts'

/** `id` is a uuid that no person has: an open overlay sits under it, and its revocation closes it. */
export type OverlayKey = { id: PrincipalId; stream: StreamId }

export type Overlays = {
  /** The former key ends, with a revocation of its id in the same transaction. `not_found` for anybody but the host. */
  set(by: PrincipalId, stream: StreamId, hash: string): Promise<Result<null>>
  /** Likewise; without a key nothing changes. */
  clear(by: PrincipalId, stream: StreamId): Promise<Result<null>>
  /** When the present key was made, in Unix ms; null: there is none. */
  since(by: PrincipalId, stream: StreamId): Promise<Result<number | null>>
  byHash(hash: string): Promise<OverlayKey | null>
  /** The stream of a key that still holds, else null; `seen`: the newest revocation this answer knows of. */
  seat(id: PrincipalId): Promise<{ stream: StreamId | null; seen: number }>
}

/** `key` is the id of the key that it was given for. */
export type OverlayClaims = { key: PrincipalId; stream: StreamId; expiresAt: number }
export type OverlayTokens = {
  overlay(claims: OverlayClaims): Promise<string>
  readOverlay(token: string): Promise<OverlayClaims | null>
}
