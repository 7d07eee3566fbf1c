// What names and blocked terms need from the outside, as types.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Result } from '../../shared/protocol/index.ts'
import type { Term, Terms } from './ports.ts'

/** Who looks like whom. A skeleton is what names that look the same have in common (domain/confusable.ts). */
export type Names = {
  /** Whether somebody else who may host bears a name of this skeleton. */
  taken(skeleton: string, except: PrincipalId | null): Promise<boolean>
  /** Some whose name has no skeleton yet. */
  unskeletoned(limit: number): Promise<{ id: PrincipalId; name: string }[]>
  /** Keeps skeletons, of those who still have the name and none. */
  keep(names: readonly { id: PrincipalId; name: string; skeleton: string }[]): Promise<void>
}

export type Moderation = {
  /** The blocked terms of a stream's host. Version 0 without any. */
  termsOf(stream: StreamId): Promise<Terms>
  /** Those of one who may host. */
  ownTerms(host: PrincipalId): Promise<Terms>
  /** All of them at once. The version grows when they differ. Refuses `not_allowed`. */
  setTerms(host: PrincipalId, terms: readonly Term[]): Promise<Result<Terms>>
}
