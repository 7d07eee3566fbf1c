// One act under way in the memory journal: who does it, as what, in which stream, and how it writes what it did.
import { ok } from '../../../shared/protocol/index.ts'
import type { Person, Result, Role } from '../../../shared/protocol/index.ts'
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Change, Placed, Stream } from '../../app/ports.ts'
import type { DeedRow, Desk, Fact } from './rows.ts'

export type Scene = {
  by: Person
  role: Role
  stream: Stream
  now: number
  inRoom(fact: Fact): Placed
  backstage(fact: Fact): Placed
  toThread(of: PrincipalId, fact: Fact): Placed
  /** The entry of the audit trail. */
  deed(deed: DeedRow): Placed
  /** The person as it is called now. */
  person(id: PrincipalId): Person
}

export function openScene(desk: Desk, by: PrincipalId, role: Role, stream: Stream): Scene {
  const person = (id: PrincipalId): Person => ({ id, name: desk.tables.people.get(id)?.name ?? '' })
  const here = { stream: stream.id }
  const actor = person(by)
  const backstage = (fact: Fact) => desk.place({ kind: 'backstage', ...here }, fact)
  return {
    by: actor,
    role,
    stream,
    now: desk.clock.now(),
    inRoom: (fact) => desk.place({ kind: 'room', ...here }, fact),
    backstage,
    toThread: (viewer, fact) => desk.place({ kind: 'thread', ...here, viewer }, fact),
    deed: (deed) => backstage({ type: 'moderated', by: actor, deed }),
    person,
  }
}

/** An act that wrote nothing was done already. */
export function changed({ now }: Pick<Scene, 'now'>, placed: Placed[], id?: MessageId): Result<Change> {
  return ok({ dup: placed.length === 0, ...(id === undefined ? {} : { id }), at: now, placed })
}
