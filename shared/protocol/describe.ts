// PROTOCOL.md, printed from the definitions: what is written here beside the tables is what they cannot say.
import { CLOSES } from './close.ts'
import { COMMANDS, COMMAND_NOTES } from './commands.ts'
import type { CommandName } from './commands.ts'
import { ERRORS } from './errors.ts'
import type { StreamEvent } from './events.ts'
import { COMMAND_EXAMPLES, EVENT_EXAMPLES, FRAME_EXAMPLES } from './examples.ts'
import type { Frame } from './frames.ts'
import { LIMITS, REACTIONS } from './limits.ts'

/** The part of JSON Schema that the commands use. */
export type FieldSchema = {
  type?: string
  const?: unknown
  enum?: unknown[]
  pattern?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
  items?: FieldSchema
  properties?: Record<string, FieldSchema>
  required?: string[]
}

const FRAME_NOTES: Record<Frame['t'], string> = {
  welcome:
    'The answer to `hello`. Each log either continues its cursor (`recovered: true`) or replaces what the client had, with a `reason`: `new`, `epoch`, `too_old`, `too_many`. The next live entry is `seq` + 1. With `snapshots: true` the room comes as `snapshot` frames for now. A client that learns it is behind reads the gap.',
  ok: 'The command `re` took effect; for messages, after the commit. `log` and `seq` say where it landed in the log that its author reads. `dup`: it was done before, this is the first result.',
  err: 'The command `re` was refused; nothing changed. Without `re` the frame had no usable id. `fault` is an id to quote when reporting.',
  page: 'The answer to `read`: at most one page from `from` on, fewer where the log ends.',
  entries: 'New entries of a log, each at the seq right after the last one. Drop what you have; read a gap.',
  pulse: 'Head count and reaction totals, at most twice a second and only when something changed.',
  pos: 'The newest position of a log, every 15 to 25 seconds, unless entries came instead or the log is a thread without any: the line is alive, and nothing is missing up to here.',
  snapshot:
    'The newest entries of the room for a reader that was cut three times within a minute for not reading: at most once a second, when something is new and the reader has taken what came before. Entries before the first one may be missing; do not read them one by one. The other fields are the present state. `live: true` ends it: from `seq` + 1 on every entry comes again. The private log is complete all the time.',
}

const EVENT_NOTES: Record<StreamEvent['type'], string> = {
  said: 'A public message, in `room`. `text: null` is a tombstone, in `replyTo` too.',
  whispered: 'A private message, in the `thread` of `viewer` and in `inbox`.',
  deleted:
    'A message is gone: take its text off every screen, quotes included. In the log the message was in.',
  pinned: 'The one pinned message. A higher `ver` is newer.',
  unpinned: 'There is no pin.',
  slowed: 'Viewers wait this long between public messages; 0 is off.',
  stream: 'The stream is `scheduled`, `live` or `ended`.',
  ruled: 'The rules of the room, whole.',
  notice:
    'In `thread`: what moderation did to this person: `held`, `approved`, `rejected`, `timed_out`, `timeout_ended`, `banned`, `unbanned`.',
  held: 'In `backstage`: a public message that waits, in its present state.',
  settled: 'In `backstage`: a held message was approved or rejected.',
  reported: 'In `backstage`: somebody reported a public message.',
  resolved: 'In `backstage`: the reports of a message are dealt with.',
  moderated: 'In `backstage`: who did what to whom.',
}

export function describeProtocol(schemaOf: (name: CommandName) => FieldSchema): string {
  return [
    '# The chat protocol',
    '',
    '<!-- Printed by `npm run docs` from shared/protocol: change it there. -->',
    '',
    'One WebSocket at `/chat`, JSON text frames, no subprotocol, no compression. The first frame is `hello` with a pass from `POST /api/streams/:slug/pass`. Every later command carries an `id`, a lower-case UUID v4 chosen by the client, and is answered by exactly one `ok`, `err` or `page` with `re` set to it. The id of a message is its sender’s for ever: sent again, it gives the first result and no second message, so a client that got no answer sends again. Unknown fields are refused. Times are Unix milliseconds.',
    '',
    'A log is an ordered list of entries for one audience: `room` for everyone, `thread` for one viewer and the host, `inbox` for the host, `backstage` for host and moderators. In each, `seq` is 1, 2, 3... without holes. A position counts only with its `epoch`.',
    '',
    '## Commands',
    ...names(COMMANDS).flatMap((name) => command(name, schemaOf(name))),
    '',
    '## Frames',
    ...names(FRAME_NOTES).flatMap((name) => section(name, FRAME_NOTES[name], FRAME_EXAMPLES[name])),
    '',
    '## Events',
    '',
    'What an entry `{seq, at, event}` holds.',
    ...names(EVENT_NOTES).flatMap((name) => section(name, EVENT_NOTES[name], EVENT_EXAMPLES[name])),
    '',
    '## Errors',
    '',
    '| code | HTTP | try again | says |',
    '|---|---|---|---|',
    ...Object.entries(ERRORS).map(([code, { http, retry, says }]) => row(code, http, retry, says)),
    '',
    '## Close codes',
    '',
    'The reason may carry `retry_in_ms=n`. Any other code (1006: a cut line, a frame too large, a reader too slow) means: reconnect with backoff and resume.',
    '',
    '| code | says | reconnect |',
    '|---|---|---|',
    ...Object.entries(CLOSES).map(([code, { says, reconnect }]) => row(code, says, reconnect)),
    '',
    '## Limits',
    '',
    '| name | value |',
    '|---|---|',
    ...Object.entries(LIMITS).map(([name, value]) => row(name, value.toLocaleString('en'))),
    '',
    `Reactions: ${REACTIONS.join(' ')}`,
    '',
  ].join('\n')
}

const names = <K extends string>(record: Record<K, unknown>): K[] => Object.keys(record) as K[]
const row = (first: string, ...rest: (string | number)[]): string => `| \`${first}\` | ${rest.join(' | ')} |`
const json = (value: unknown): string[] => ['```json', JSON.stringify(value), '```']

const section = (name: string, note: string, example: unknown): string[] => [
  '',
  `### ${name}`,
  '',
  note,
  '',
  ...json(example),
]

function command(name: CommandName, schema: FieldSchema): string[] {
  const { who, does } = COMMAND_NOTES[name]
  const { properties = {}, required = [] } = schema
  const fields = Object.entries(properties).filter(([field]) => field !== 't')
  return [
    '',
    `### ${name}`,
    '',
    `Who: ${who}. ${does}`,
    '',
    '| field | value | |',
    '|---|---|---|',
    ...fields.map(([field, of]) =>
      row(field, valueOf(of), required.includes(field) ? 'required' : 'optional'),
    ),
    '',
    ...json(COMMAND_EXAMPLES[name]),
  ]
}

function valueOf(schema: FieldSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (schema.pattern) return 'UUID v4'
  if (schema.items) return `at most ${schema.maxItems ?? ''} of ${valueOf(schema.items)}`
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(([field, of]) => `${field}: ${valueOf(of)}`)
    return `{ ${fields.join('; ')} }`
  }
  if (schema.maxLength !== undefined) return `text, at most ${schema.maxLength} UTF-16 units on the wire`
  const { type = 'value', minimum, maximum = Infinity } = schema
  if (minimum === undefined) return type
  return maximum >= Number.MAX_SAFE_INTEGER ? `${type} from ${minimum}` : `${type} ${minimum} to ${maximum}`
}
