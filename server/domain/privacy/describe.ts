// PRIVACY.md, printed from the tables: what stands here beside them is what they cannot say.
import type { LogName } from '../../../shared/protocol/index.ts'
import { readsLog } from '../audience.ts'
import { ACT_IDS, actRow } from './act.ts'
import { GATES, WAYS, WAY_IDS, gateRow } from './gates.ts'
import { PRINCIPALS, PRINCIPAL_KINDS } from './principals.ts'
import type { PrincipalKind, Row } from './principals.ts'
import { REACH_IDS, reach, reachRows } from './reach.ts'
import type { ReachId } from './reach.ts'
import { OBJECT_IDS, object } from './read.ts'
import type { ObjectId } from './read.ts'
import { SURFACES, SURFACE_IDS } from './surfaces.ts'

const LOGS: [log: LogName, holds: string][] = [
  ['room', 'what everybody may read'],
  ['thread', 'what one viewer and the host wrote each other, and notices to that viewer'],
  ['inbox', 'where private messages of all threads are, for the host'],
  ['backstage', 'what waits, what was reported, and what moderators did'],
]

const CARRIED = {
  followed:
    'the room, and what a role follows by itself: a viewer and a moderator their thread, the host the inbox, moderators and host the backstage. Notices to viewers are in the threads alone, so the host reads them there',
  all: 'every log that one may read',
  room: 'the room',
}

export function describePrivacy(): string {
  return [
    '# Who sees what, and who may do what',
    '',
    '<!-- Printed by `npm run docs` from server/domain/privacy: change it there. -->',
    '',
    'These tables are the only source: the server’s policy and the readers of every log are derived from them, and the tests hold the sockets, the HTTP interface and plain SQL in the server’s database role against every single cell.',
    '',
    '## People',
    '',
    ...PRINCIPAL_KINDS.map((kind) => `- **${kind}** ${PRINCIPALS[kind]}`),
    '',
    'There is no administrator: nobody has any right in a stream that is not their own but what its host gave. Whoever runs the server has its database and its disk, and no password or role in here changes that. A ban binds the person: whoever throws the cookie of a banned guest away is nobody (AN) and may read what is public.',
    '',
    ...gateSection(),
    '## Logs',
    '',
    'Every message and every notice is placed in logs, and a log is read whole or not at all. So nothing is ever left out for one reader, and there is no filter to forget.',
    '',
    ...table(['log', 'holds'], LOGS, (log) => rowOf((kind) => reader(kind, log))),
    '',
    '`own`: the thread that is theirs. What one may not read answers exactly like what does not exist.',
    '',
    '## Read: live, at join, on resume, as a page, over HTTP, in SQL',
    '',
    ...table(
      ['', 'object'],
      OBJECT_IDS.map((id) => [id, object(id).says]),
      (id) => object(id).cells,
    ),
    '',
    '`Y` whole. `own` for the one whom it concerns. `T` a tombstone without text. `T+` the tombstone, and the removed text for 30 days. `-` nothing, as if it did not exist. `never`: there can be no such thing. A private message is never held: it has one reader, who can block the sender, and nothing looks at its text.',
    '',
    'By which way, and what it carries:',
    '',
    ...SURFACE_IDS.map((id) => `- ${SURFACES[id].says}: ${CARRIED[SURFACES[id].carries]}`),
    '',
    'A banned person reads none of it, old notices included; of the ban they hear when they are refused: until when, and why.',
    ...REACH_IDS.flatMap(reachSection),
    '',
    '## Act',
    '',
    ...table(
      ['act', ''],
      ACT_IDS.map((id) => [id, actRow(id).says]),
      (id) => actRow(id).cells,
    ),
    '',
    '`Y` yes. `-` no. `own` one’s own. `others` not one’s own. `rules` as the rules of the room say. `viewers` about viewers. `team` about viewers and moderators. Nothing is done to the host, and nothing to oneself. An AN takes a pass first and is a guest then.',
    '',
    '## How it is shown',
    '',
    '- Cell by cell (`server/test/privacy/table.test.ts`): every kind of person, object and surface, on both database engines; as many cells as the tables have; search, exports and replay in `reach.test.ts` beside it. Acts (`server/test/privacy/acts.test.ts`) are tried on a socket and, past the server’s own policy, on the database alone.',
    '- Row by row (`server/test/privacy/equivalence.test.ts`): in random worlds, on both database engines, these tables and plain SQL in the server’s database role agree about every row and everybody. In `answers.test.ts` beside it, random courses of sends and acts get the same answers from the policy and from the database, and leave the same in every log.',
    '- Byte by byte (`server/test/privacy/noninterference.test.ts`): with one public course and two different private ones of a viewer and the host, everything that everybody else receives, on sockets and over HTTP, is the same to the byte. `NONINTERFERENCE_PAIRS` sets how many pairs of courses are played; without it 160. `noninterference.server.test.ts` plays ten pairs on a real server, on each engine.',
    '- At gates (`server/test/privacy/gated.test.ts`), in the same way: whom a gate keeps out hears no difference, whatever is said, set and asked behind it and whoever gets in, and whoever is inside hears none of who tries; a quarter as many pairs, half for each. `server/test/gates/hidden.test.ts` holds an empty stream against a full one with recordings, on a real server.',
    '',
  ].join('\n')
}

function gateSection(): string[] {
  const kinds = Object.keys(GATES) as (keyof typeof GATES)[]
  const listed = { whole: 'yes', title: 'title and host', not: 'no' }
  return [
    '## Gates',
    '',
    'The host chooses who may watch at all. All other tables speak of people whom the gate lets in; everybody else reads nothing of the stream and does nothing in it. Bans come before gates.',
    '',
    ...table(
      ['gate', 'lets in'],
      kinds.map((kind) => [kind, gateRow(kind).says]),
      (kind) => gateRow(kind).cells,
    ),
    '',
    '`Y` passes. `-` does not. `entered` whoever gave the passphrase or brought the link, until either is changed. `member` members of the host.',
    '',
    `On the page of all streams: ${kinds.map((kind) => `${kind} ${listed[gateRow(kind).listed]}`).join('; ')}. Of what is listed by title, nobody reads there what it is about or how many watch; a stream by invite is not listed, because nobody who finds it there could do anything about it.`,
    '',
    'What somebody is told whom the gate keeps out:',
    '',
    ...WAY_IDS.map((id) => `- ${WAYS[id].says}: ${CLOSED[WAYS[id].closed]}`),
    '',
    'When a gate changes, and when somebody loses what it asks for, the sockets close and playlists and segments are refused within a second, on every node; two when the bus is away. A membership that runs out closes nothing by itself: its end counts at the next pass, which is asked for every few minutes, and at once for playlists and segments.',
    '',
  ]
}

const CLOSED = {
  code: 'refused, with what the gate asks for',
  '4401': 'closed; the pass that is asked for next is refused with what the gate asks for',
  '404': 'as if it were not there',
  stays: 'the gate does not count',
}

function reachSection(id: ReachId): string[] {
  const rows = reachRows(id).filter(([, cells]) => PRINCIPAL_KINDS.some((kind) => cells[kind] !== '-'))
  const cells = new Map<ObjectId, Row<string>>(rows)
  return [
    '',
    `## ${capital(reach(id).says)}`,
    '',
    ...table(
      ['', 'object'],
      rows.map(([each]) => [each, object(each).says]),
      (each) => cells.get(each) ?? rowOf(() => '-'),
    ),
    '',
    'All other objects: nobody.',
  ]
}

function reader(kind: PrincipalKind, log: LogName): string {
  if (readsLog(kind, log)) return 'Y'
  return readsLog(kind, log, true) ? 'own' : '-'
}

const rowOf = (cell: (kind: PrincipalKind) => string): Row<string> =>
  Object.fromEntries(PRINCIPAL_KINDS.map((kind) => [kind, cell(kind)])) as Row<string>

function table<Name extends string>(
  heads: [string, string],
  rows: readonly (readonly [Name, string])[],
  cells: (name: Name) => Row<string>,
): string[] {
  const line = (parts: readonly string[]) => `| ${parts.join(' | ')} |`
  return [
    line([...heads, ...PRINCIPAL_KINDS]),
    line([...heads, ...PRINCIPAL_KINDS].map(() => '---')),
    ...rows.map(([name, says]) => line([name, says, ...PRINCIPAL_KINDS.map((kind) => cells(name)[kind])])),
  ]
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
