// What a command handler is given and what it answers.
import type { CommandOf, Entry, Ok, Page, Request, Result, Role } from '../../../shared/protocol/index.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import type { PassClaims, Stream } from '../ports.ts'

/** The person behind a socket. `role` was true when last looked up: the tables decide again at each command. */
export type Caller = {
  id: PrincipalId
  role: Role
  stream: Pick<Stream, 'id'>
  /** Entries `from`..`to` of the room out of memory; null unless all of them are there. */
  held(from: number, to: number): Entry[] | null
  /** The newest seq of the room that this socket may read now: less than there is behind a moderation delay. */
  shown(): number
  /** Puts a new pass in the place of the one the socket runs on. */
  renewed(claims: PassClaims): void
}

export type Answer = Result<Ok | Page>
export type Handler<K extends Request['t']> = (caller: Caller, command: CommandOf<K>) => Promise<Answer>
export type Handlers = { [K in Request['t']]: Handler<K> }
