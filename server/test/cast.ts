// People and streams in the memory tables, each made on first mention and known by its name.
import { pair, type Tables } from '../adapters/memory/tables.ts'
import type { Clock, Stream } from '../app/ports.ts'
import { OPEN_RULES } from '../../shared/protocol/index.ts'
import { idOf } from './random.ts'

export function createCast(tables: Tables, clock: Clock) {
  /** A guest with a session that never ends. */
  function person(name: string): string {
    const id = idOf(name)
    if (tables.people.has(id)) return id
    const row = { id, name, kind: 'guest', canHost: false, email: null, hasPassword: false } as const
    tables.people.set(id, { ...row, passwordHash: null })
    tables.sessions.set(`session of ${name}`, { principal: id, expiresAt: Infinity })
    return id
  }

  /** Live since now. */
  function stream(slug: string, host: string): Stream {
    const id = idOf(`stream ${slug}`)
    const times = { startsAt: null, startedAt: clock.now(), endedAt: null, provider: 'local' as const }
    const who = { id: person(host), name: host }
    const row: Stream = {
      id,
      slug,
      title: slug,
      description: '',
      host: who,
      state: 'live',
      slowSeconds: 0,
      rules: OPEN_RULES,
      gate: 'public',
      gateRev: 1,
      ...times,
    }
    tables.streams.set(id, row)
    return row
  }

  return {
    person,
    stream,
    moderator: (of: Stream, name: string) => void tables.moderators.add(pair(of.id, person(name))),
  }
}
