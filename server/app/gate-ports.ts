// What gates need from the outside: what was entered before, and the secrets of invite links.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'

export type Gates = {
  /** The hash of the passphrase; null when the gate asks for none. */
  passphrase(stream: StreamId): Promise<string | null>
  /** Lets a person in who gave what revision `rev` of the gate asks for. False when that is not the gate any more. */
  admit(person: PrincipalId, stream: StreamId, rev: number): Promise<boolean>
}

/** One secret for each stream and revision, made of the server's key, so that nothing is stored and the host can be
 * shown it again. */
export type InviteSecrets = {
  of(stream: StreamId, rev: number): string
  /** In the same time, whatever is given. */
  is(stream: StreamId, rev: number, given: string): boolean
}
