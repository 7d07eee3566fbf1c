// Random worlds for the database, as rows: two streams of one host and one of another, everybody with a random standing,
// and rows of every kind whose readers the privacy tables decide. Inserted in bulk, around every policy.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { GATE_KINDS } from '../../../shared/api/gates.ts'
import type { GateKind } from '../../../shared/api/gates.ts'
import type { TestDatabase } from '../databases.ts'

const PEOPLE = 5
const person = fc.nat({ max: PEOPLE - 1 })
const stream = fc.nat({ max: 2 })
const many = <T>(arbitrary: fc.Arbitrary<T>, maxLength: number) => fc.array(arbitrary, { maxLength })
const gate = fc.oneof(fc.constant<GateKind>('public'), fc.constantFrom(...GATE_KINDS))
/** Of persons `here` is in the stream: 0 hosts streams 0 and 1, 1 hosts stream 2. */
const HOSTS = [0, 0, 1] as const

export const worldPlan = fc.record({
  moderators: many(fc.record({ stream, person }), 4),
  hostModerators: many(fc.record({ host: fc.nat({ max: 1 }), person }), 2),
  bans: many(fc.record({ stream, person, ends: fc.constantFrom('never', 'later', 'before') }), 5),
  timeouts: many(fc.record({ stream, person, ends: fc.constantFrom('later', 'before') }), 3),
  blocks: many(fc.record({ host: fc.nat({ max: 1 }), person }), 2),
  messages: many(
    fc.record({
      stream,
      person,
      viewer: fc.option(person, { freq: 2 }),
      fromHost: fc.boolean(),
      deleted: fc.boolean(),
      kept: fc.boolean(),
    }),
    14,
  ),
  held: many(fc.record({ stream, person, verdict: fc.constantFrom('open', 'approved', 'rejected') }), 6),
  reports: many(fc.record({ message: fc.nat({ max: 13 }), person }), 4),
  notes: many(fc.record({ stream, person, by: person }), 4),
  pins: many(fc.nat({ max: 13 }), 2),
  // Half of them as most streams are.
  gates: fc.tuple(gate, gate, gate),
  guests: many(fc.integer({ min: 2, max: PEOPLE - 1 }), 2),
  members: many(
    fc.record({ host: fc.nat({ max: 1 }), person, ends: fc.constantFrom('never', 'later', 'before') }),
    4,
  ),
  admissions: many(fc.record({ stream, person, former: fc.boolean() }), 8),
})
type Plan = typeof worldPlan extends fc.Arbitrary<infer T> ? T : never

export type Ends = 'never' | 'later' | 'before'
export type MessageRow = {
  id: string
  stream: string
  sender: string
  viewer: string | null
  byHost: boolean
  deleted: boolean
}
export type LogRow = {
  id: string
  kind: 'room' | 'thread' | 'inbox' | 'backstage'
  stream: string
  viewer: string | null
}
export type Rows = {
  people: string[]
  streams: { id: string; host: string; gate: GateKind }[]
  guests: Set<string>
  /** Of hosts, and of streams. */
  members: Set<string>
  admitted: Set<string>
  moderators: Set<string>
  bans: Set<string>
  messages: MessageRow[]
  logs: LogRow[]
  entries: { log: LogRow; seq: number }[]
  held: { id: string; stream: string; sender: string }[]
  removed: { id: string; stream: string }[]
  reports: { message: string; stream: string; reporter: string }[]
  notes: { id: string; stream: string; person: string }[]
  pins: { stream: string }[]
}
export const pair = (streamId: string, personId: string): string => `${streamId} ${personId}`

const DAY = 86_400_000
/** The present revision of all gates; one before it there are admissions too. */
const REV = 7
const endOf = (ends: Ends): string | null =>
  ends === 'never' ? null : new Date(Date.now() + (ends === 'later' ? DAY : -DAY)).toISOString()

/** Makes the world and writes it. */
export async function insertWorld(admin: TestDatabase['admin'], plan: Plan): Promise<Rows> {
  const people = Array.from({ length: PEOPLE }, () => randomUUID())
  const of = (n: number) => people[n]!
  const streams = HOSTS.map((host, n) => ({ id: randomUUID(), host: of(host), gate: plan.gates[n]! }))
  const at = (n: number) => streams[n]!
  const unique = <T>(items: readonly T[], key: (item: T) => string) => [
    ...new Map(items.map((item) => [key(item), item])).values(),
  ]

  const messages = plan.messages.flatMap((each): (MessageRow & { kept: boolean })[] => {
    const { id: streamId, host } = at(each.stream)
    const viewer = each.viewer === null ? null : of(each.viewer)
    if (viewer === host) return []
    const sender = viewer === null ? of(each.person) : each.fromHost ? host : viewer
    const { deleted, kept } = each
    return [{ id: randomUUID(), stream: streamId, sender, viewer, byHost: sender === host, deleted, kept }]
  })
  const publics = messages.filter(({ viewer }) => viewer === null)
  const pick = (n: number) => publics[n % Math.max(1, publics.length)]

  const logs: LogRow[] = streams.flatMap(({ id }) =>
    (['room', 'inbox', 'backstage'] as const).map((kind) => ({
      ...{ id: randomUUID(), kind, stream: id, viewer: null },
    })),
  )
  const log = (kind: LogRow['kind'], streamId: string, viewer: string | null = null): LogRow => {
    const found = logs.find((row) => row.kind === kind && row.stream === streamId && row.viewer === viewer)
    if (found) return found
    const made = { id: randomUUID(), kind, stream: streamId, viewer }
    logs.push(made)
    return made
  }
  const entries: (Rows['entries'][number] & { kind: string; message: string | null })[] = []
  const enter = (into: LogRow, kind: string, message: string | null) => {
    const seq = entries.filter((entry) => entry.log === into).length + 1
    entries.push({ log: into, seq, kind, message })
  }
  for (const { id, stream: streamId, viewer, deleted } of messages) {
    const into =
      viewer === null ? [log('room', streamId)] : [log('thread', streamId, viewer), log('inbox', streamId)]
    for (const each of into) {
      enter(each, viewer === null ? 'said' : 'whispered', id)
      if (deleted) enter(each, 'deleted', id)
    }
  }
  const held = plan.held.map(({ stream: n, person: who, verdict }) => ({
    ...{ id: randomUUID(), stream: at(n).id, sender: of(who), verdict },
  }))
  for (const { stream: streamId, sender } of held) {
    enter(log('backstage', streamId), 'held', null)
    if (at(0).host !== sender) enter(log('thread', streamId, sender), 'notice', null)
  }
  const removed = messages.filter(({ viewer, deleted, kept }) => viewer === null && deleted && kept)
  const reports = unique(
    plan.reports.flatMap(({ message, person: who }) => {
      const target = pick(message)
      return target ? [{ message: target.id, stream: target.stream, reporter: of(who) }] : []
    }),
    ({ message, reporter }) => pair(message, reporter),
  )
  for (const { stream: streamId, message } of reports) enter(log('backstage', streamId), 'reported', message)
  const notes = plan.notes.map((each) => ({
    ...{ id: randomUUID(), stream: at(each.stream).id, person: of(each.person), by: of(each.by) },
  }))
  const pins = unique(
    plan.pins.flatMap((n) => pick(n) ?? []).filter(({ deleted }) => !deleted),
    (each) => each.stream,
  )
  const onStream = unique(
    plan.moderators.filter((each) => HOSTS[each.stream] !== each.person),
    (each) => pair(String(each.stream), String(each.person)),
  )
  const ofHost = unique(
    plan.hostModerators.filter((each) => each.host !== each.person),
    (each) => pair(String(each.host), String(each.person)),
  )
  const bans = unique(plan.bans, (each) => pair(String(each.stream), String(each.person)))

  const guests = new Set(plan.guests.map(of))
  const members = unique(plan.members, (each) => pair(String(each.host), String(each.person)))
  const admissions = unique(plan.admissions, (each) => pair(String(each.stream), String(each.person)))

  const write = (table: string, rows: readonly Record<string, unknown>[]) => {
    const columns = Object.keys(rows[0] ?? {}).join(', ')
    if (columns === '') return Promise.resolve([])
    return admin(
      `insert into app.${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::app.${table}, $1)`,
      [JSON.stringify(rows)],
    )
  }
  const now = new Date().toISOString()
  const sha = '\\x00'
  const text = 'words'
  await write(
    'principal',
    people.map((id) => ({ id, kind: guests.has(id) ? 'guest' : 'account', name: 'Somebody' })),
  )
  await write(
    'stream',
    streams.map(({ id, host, gate: kind }) => ({
      ...{ id, slug: `s-${id}`, title: 'Show', description: '', host_id: host, gate: kind, gate_rev: REV },
    })),
  )
  await write(
    'host_member',
    members.map((each) => ({
      ...{ host_id: of(each.host), principal_id: of(each.person), until: endOf(each.ends) },
    })),
  )
  await write(
    'stream_admission',
    admissions.map((each) => ({
      ...{ stream_id: at(each.stream).id, principal_id: of(each.person) },
      gate_rev: each.former ? REV - 1 : REV,
    })),
  )
  const epoch = randomUUID()
  await write(
    'log',
    logs.map(({ id, kind, stream: s, viewer }) => ({ id, kind, stream_id: s, viewer_id: viewer, epoch })),
  )
  await write(
    'stream_moderator',
    onStream.map((each) => ({ stream_id: at(each.stream).id, principal_id: of(each.person) })),
  )
  await write(
    'host_moderator',
    ofHost.map((each) => ({ host_id: of(each.host), principal_id: of(each.person) })),
  )
  await write(
    'stream_ban',
    bans.map((each) => ({
      ...{ stream_id: at(each.stream).id, principal_id: of(each.person), until: endOf(each.ends) },
    })),
  )
  await write(
    'stream_timeout',
    unique(plan.timeouts, (each) => pair(String(each.stream), String(each.person))).map((each) => ({
      ...{ stream_id: at(each.stream).id, principal_id: of(each.person), by_id: at(each.stream).host },
      until: endOf(each.ends as Ends),
    })),
  )
  await write(
    'host_block',
    unique(plan.blocks, (each) => pair(String(each.host), String(each.person))).map((each) => ({
      ...{ host_id: of(each.host), principal_id: of(each.person) },
    })),
  )
  await write(
    'message',
    messages.map((each, seq) => ({
      ...{ id: each.id, stream_id: each.stream, viewer_id: each.viewer, sender_id: each.sender },
      ...{ sender_name: 'Somebody', sender_role: 'viewer', cmid: randomUUID(), body_sha: sha, sent_at: now },
      ...{ seq: seq + 1, inbox_seq: each.viewer === null ? null : seq + 1 },
      ...{ text: each.deleted ? null : text, deleted_at: each.deleted ? now : null },
    })),
  )
  await write(
    'entry',
    entries.map((each) => ({
      ...{ log_id: each.log.id, seq: each.seq, kind: each.kind, message_id: each.message, at: now },
    })),
  )
  await write(
    'held',
    held.map(({ id, stream: s, sender, verdict }) => ({
      ...{ id, stream_id: s, sender_id: sender, sender_name: 'Somebody', sender_role: 'viewer' },
      ...{ cmid: randomUUID(), text, body_sha: sha, held_at: now, reason: 'review', verdict },
      ...{ decided_at: verdict === 'open' ? null : now },
    })),
  )
  await write(
    'removed',
    removed.map(({ id, stream: s }) => ({ message_id: id, stream_id: s, text, removed_at: now })),
  )
  await write(
    'report',
    reports.map(({ message, stream: s, reporter }) => ({
      ...{ message_id: message, stream_id: s, reporter_id: reporter, reporter_name: 'Somebody' },
      ...{ reason: 'spam', at: now },
    })),
  )
  await write(
    'person_note',
    notes.map(({ id, stream: s, person: who, by }) => ({
      ...{ id, stream_id: s, principal_id: who, by_id: by, by_name: 'Somebody', text, at: now },
    })),
  )
  await write(
    'pin',
    pins.map(({ id, stream: s }) => ({ stream_id: s, message_id: id })),
  )

  const lasting = bans.filter(({ ends }) => ends !== 'before')
  return {
    ...{ people, streams, messages, logs, entries, held, removed, reports, notes, pins, guests },
    members: new Set(
      members.filter(({ ends }) => ends !== 'before').map((each) => pair(of(each.host), of(each.person))),
    ),
    admitted: new Set(
      admissions.filter(({ former }) => !former).map((each) => pair(at(each.stream).id, of(each.person))),
    ),
    moderators: new Set([
      ...onStream.map((each) => pair(at(each.stream).id, of(each.person))),
      ...ofHost.flatMap((each) =>
        streams.filter(({ host }) => host === of(each.host)).map(({ id }) => pair(id, of(each.person))),
      ),
    ]),
    bans: new Set(lasting.map((each) => pair(at(each.stream).id, of(each.person)))),
  }
}
