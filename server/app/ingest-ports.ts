// What stream keys need from the outside: their revisions, and the secret that they are derived with.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Result, StreamState } from '../../shared/protocol/index.ts'

export type IngestRevisions = {
  /** What a key is checked against; null for a stream that there is not. */
  of(stream: StreamId): Promise<{ revision: number; state: StreamState } | null>
  /** `not_found` for anybody but the host. */
  ownedBy(by: PrincipalId, stream: StreamId): Promise<Result<number>>
  /** A new one, and in the same transaction a revocation of the id of the stream: whoever publishes with the former
   * key sits under it. `not_found` for anybody but the host. */
  reset(by: PrincipalId, stream: StreamId): Promise<Result<number>>
}

export type IngestMac = {
  of(stream: StreamId, revision: number): string
  /** In constant time. */
  is(given: string, stream: StreamId, revision: number): boolean
}
