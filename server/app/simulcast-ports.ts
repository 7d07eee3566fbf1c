// What simulcast needs from the outside: the targets of a stream, and a seal for what opens them.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Result } from '../../shared/protocol/index.ts'

export type TargetId = string
/** As its host sees it: the key is never shown again. */
export type OwnTarget = { id: TargetId; name: string; url: string }
export type SealedTarget = { id: TargetId; url: string; sealed: string }

export type SimulcastTargets = {
  /** Empty for anybody but the host. */
  ownedBy(by: PrincipalId, stream: StreamId): Promise<OwnTarget[]>
  /** `not_found` for anybody but the host, `wrong_state` when there are `most` already. */
  add(
    by: PrincipalId,
    stream: StreamId,
    target: OwnTarget & { sealed: string },
    most: number,
  ): Promise<Result<null>>
  /** With a revocation of its id in the same transaction. */
  remove(by: PrincipalId, stream: StreamId, id: TargetId): Promise<Result<null>>
  of(stream: StreamId): Promise<SealedTarget[]>
}

export type Sealer = {
  /** `about`: what the secret belongs to; under anything else it does not open. */
  seal(secret: string, about: string): string
  /** Null for what was sealed by another key, for something else, or not at all. */
  open(sealed: string, about: string): string | null
}
