// How each kind of person looks at a stream, surface by surface: everything it is given there, once.
import { vi } from 'vitest'
import { asPrincipal } from '../../adapters/pg/unit.ts'
import type { Seen } from '../../domain/audience.ts'
import type { SurfaceId } from '../../domain/privacy/surfaces.ts'
import { logsFor } from '../../domain/log.ts'
import type { LogKey } from '../../domain/log.ts'
import type { Entry, LogName, Role } from '../../../shared/protocol/index.ts'
import type { Client } from '../harness.ts'
import { PARTIES, seenIn } from './objects.ts'
import type { Thing } from './objects.ts'
import type { PrincipalKind as Kind } from '../../domain/privacy/principals.ts'
import { actorOf } from './theatre.ts'
import type { Theatre } from './theatre.ts'

/** What was seen, and how the door answered: a status, or the code a socket was closed with. */
export type Look = { door: number; sees: (thing: Thing) => Seen }
export const ROLES: Partial<Record<Kind, Role>> = {
  ...{ G: 'viewer', V: 'viewer', M: 'moderator', H: 'host', OH: 'viewer' },
}
const OPEN = 101

const logs: readonly LogName[] = ['room', 'thread', 'inbox', 'backstage']
const door = (client: Client) => client.closed()?.code ?? OPEN
const joined = (client: Client): Entry[] =>
  client.of('welcome').flatMap((frame) => frame.logs.flatMap(({ entries }) => entries))
const told = (client: Client): Entry[] => client.of('entries').flatMap(({ entries }) => entries)
const byEntries = (at: number, entries: readonly Entry[]): Look => ({
  door: at,
  sees: (thing) => seenIn(entries, thing),
})

export function createLooks(theatre: Theatre) {
  const { world, ids, show, store, request, join, ask } = theatre

  /** Everything that was said until now has reached this socket. */
  async function caughtUp(kind: Kind, client: Client) {
    const role = ROLES[kind]
    const actor = actorOf(kind)
    const self = actor && ids[actor]
    const room: LogKey = { kind: 'room', stream: show }
    if (role === undefined && kind !== 'OV') return
    const followed = role !== undefined && self !== null ? logsFor(role, show, self) : [room]
    const ends = followed.map(async (log) => {
      const { seq } = await store.journal.latest(self, log, 1)
      const last = () =>
        Math.max(
          ...client
            .of('welcome')
            .flatMap((frame) => frame.logs.map((each) => (each.log === log.kind ? each.seq : 0))),
          ...client
            .of('entries')
            .map((frame) => (frame.log === log.kind ? (frame.entries.at(-1)?.seq ?? 0) : 0)),
        )
      return vi.waitUntil(
        async () => {
          await world.clock.advance(500)
          return last() === seq
        },
        { interval: 20, timeout: 15_000 },
      )
    })
    await Promise.all(ends)
  }

  async function pages(kind: Kind): Promise<Look> {
    const client = await join(kind)
    const at = door(client)
    const entries: Entry[] = []
    if (at === OPEN)
      for (const [log, viewer] of [
        ...logs.map((each) => [each, undefined] as const),
        ...PARTIES.map((party) => ['thread', ids[party]] as const),
      ]) {
        const page = await ask(client, {
          ...{ t: 'read', log, from: 1, to: 100 },
          ...(viewer === undefined ? {} : { viewer }),
        })
        if (page.t === 'page') entries.push(...page.entries)
      }
    client.leave()
    return byEntries(at, entries)
  }

  async function overHttp(kind: Kind, path: string): Promise<{ door: number; body: string }> {
    const { status, body } = await request(actorOf(kind), path)
    return { door: status, body: status === 200 ? body : '' }
  }

  async function logOverHttp(kind: Kind, path: string): Promise<Look> {
    const { door: at, body } = await overHttp(kind, path)
    return byEntries(at, body === '' ? [] : (JSON.parse(body) as { entries: Entry[] }).entries)
  }

  /** Straight from the tables, past every line of the server's own code. */
  async function bySql(kind: Kind): Promise<Look> {
    const actor = actorOf(kind)
    const lines = await asPrincipal(store.db.pool, actor && ids[actor], 'probe', (query) =>
      query<{ is: string; id: string; text: string | null }>(TABLES, [show]),
    )
    const find = (is: string, id: string) => lines.find((line) => line.is === is && line.id === id)
    const some = (is: string, id: string, word: string) =>
      lines.some((line) => line.is === is && line.id === id && line.text === word) ? 'whole' : 'nothing'
    function sees({ object, id, word, party }: Thing): Seen {
      switch (object) {
        case 'O1':
        case 'O2':
        case 'O3':
          return some('message', id, word)
        case 'O4':
          return find('pin', id) ? 'whole' : 'nothing'
        case 'O5':
        case 'O6': {
          const row = find('message', id)
          const kept = some('removed', id, word) === 'whole'
          if (!row) return kept ? 'kept text' : 'nothing'
          if (row.text !== null) return 'whole'
          return kept ? 'tombstone and text' : 'tombstone'
        }
        case 'O7':
        case 'O8':
          return some('held', id, word)
        case 'O9':
          return lines.some(({ is }) => is === 'slowed') ? 'whole' : 'nothing'
        case 'O10':
          return lines.some(({ is, text }) => is === 'notice' && text === word) ? 'whole' : 'nothing'
        case 'O11':
          return some('report', id, word)
        case 'O12':
          return some('note', ids[party], word)
        case 'O13':
          return lines.some(({ is, text }) => is === 'moderated' && text === word) ? 'whole' : 'nothing'
      }
    }
    return { door: OPEN, sees }
  }

  const surfaces: Record<Exclude<SurfaceId, 'live'>, (kind: Kind) => Promise<Look>> = {
    async join(kind) {
      const client = await join(kind)
      client.leave()
      return byEntries(door(client) === 1005 ? OPEN : door(client), joined(client))
    },
    async resume(kind) {
      const { epoch } = await store.journal.latest(ids.hana, { kind: 'room', stream: show }, 1)
      const client = await join(kind, { cursors: logs.map((log) => ({ log, epoch, seq: 0 })) })
      for (const frame of client.of('welcome'))
        for (const { recovered } of frame.logs) if (!recovered) throw new Error('not resumed')
      client.leave()
      return byEntries(door(client) === 1005 ? OPEN : door(client), joined(client))
    },
    read: pages,
    history: (kind) => logOverHttp(kind, '/api/streams/show/messages?limit=100'),
    sql: bySql,
  }
  return {
    surfaces,
    caughtUp,
    live: (client: Client): Look => byEntries(door(client), [...joined(client), ...told(client)]),
  }
}

const TABLES = `
  select 'message' as is, id::text, text from app.message where stream_id = $1
  union all select 'removed', message_id::text, text from app.removed where stream_id = $1
  union all select 'held', id::text, text from app.held where stream_id = $1
  union all select 'report', message_id::text, note from app.report where stream_id = $1
  union all select 'note', principal_id::text, text from app.person_note where stream_id = $1
  union all select 'pin', message_id::text, null from app.pin where stream_id = $1
  union all select e.kind, '', coalesce(e.data ->> 'reason', e.data -> 'deed' ->> 'reason')
    from app.entry e join app.log l on l.id = e.log_id
    where l.stream_id = $1 and e.kind in ('slowed', 'notice', 'moderated')`
