// Frames that are one step away from a proper command: a field that is missing, of another type or size, or more
// than there should be. Made from the definitions, so that a new command is bent as soon as it exists.
import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { OPEN_RULES, COMMANDS, LIMITS, type CommandName } from '../../shared/protocol/index.ts'

type Fields = Record<string, unknown>
/** `id`: what the refusal names, when the frame carries a usable one. */
export type Bent = { name: string; frame: string; id: string | undefined }

const WRONG: [name: string, value: unknown][] = [
  ['null', null],
  ['a number', 7],
  ['a string', 'x'],
  ['an empty string', ''],
  ['a boolean', true],
  ['an array', []],
  ['an object', { $ne: null }],
  ['a fraction', 0.5],
  ['a negative number', -1],
  ['a huge number', 1e308],
  ['an upper-case UUID', randomUUID().toUpperCase()],
  ['a UUID of another version', '00000000-0000-1000-8000-000000000000'],
  ['a long text', 'x'.repeat(LIMITS.textBytes * 2 + 1)],
  ['a NUL', 'a\0b'],
  ['SQL', "'; drop table app.message; --"],
]
/** What the server decides by itself (P10), and what objects inherit. */
const EXTRA: Fields = {
  ...{
    role: 'host',
    sender: 'x',
    seq: 1,
    at: 0,
    stream: 'x',
    viewer_id: 'x',
    visibility: 'public',
    epoch: 'x',
  },
  ...{ constructor: 'x', toString: 'x', hasOwnProperty: 'x' },
}

/** Somebody, and a public and a private message that exist: only the bend is wrong. */
type Ids = { person: string; public: string; private: string }

const proper = (text: string, ids: Ids): Record<Exclude<CommandName, 'hello'>, Fields> => ({
  renew: { pass: 'x' },
  say: { text, replyTo: ids.public },
  whisper: { text, to: ids.person, replyTo: ids.private },
  delete: { target: ids.public },
  pin: { target: ids.public },
  unpin: {},
  react: { emoji: '🔥' },
  slow: { seconds: 30 },
  rules: { rules: OPEN_RULES },
  timeout: { target: ids.person, seconds: 600, reason: text },
  lift: { target: ids.person },
  ban: { target: ids.person, seconds: 600, reason: text },
  wipe: { target: ids.person },
  approve: { target: ids.public },
  reject: { target: ids.public },
  report: { target: ids.public, reason: 'spam', note: text },
  resolve: { target: ids.public },
  note: { target: ids.person, text },
  block: { target: ids.person },
  unblock: { target: ids.person },
  enrol: { target: ids.person },
  expel: { target: ids.person },
  unban: { target: ids.person },
  appoint: { target: ids.person, everywhere: false },
  dismiss: { target: ids.person },
  read: { log: 'room', viewer: ids.person, from: 1, to: 2 },
})

/** Every frame that is one step away from a proper one and that the definition of the command refuses. */
export function* bent(text: string, ids: Ids): Generator<Bent> {
  for (const [t, fields] of Object.entries(proper(text, ids)) as [Exclude<CommandName, 'hello'>, Fields][]) {
    const refuses = (frame: Fields) => !v.is(COMMANDS[t], frame)
    const out = function* (name: string, frame: Fields) {
      if (refuses(frame))
        yield {
          name: `${t}: ${name}`,
          frame: JSON.stringify(frame),
          id: v.is(COMMANDS.unpin.entries.id, frame['id']) ? frame['id'] : undefined,
        }
    }
    const base = (): Fields => ({ t, id: randomUUID(), ...fields })
    for (const field of ['id', ...Object.keys(fields)]) {
      yield* out(`no ${field}`, Object.fromEntries(Object.entries(base()).filter(([name]) => name !== field)))
      for (const [what, value] of WRONG) yield* out(`${field} is ${what}`, { ...base(), [field]: value })
    }
    for (const [field, value] of Object.entries(EXTRA))
      yield* out(`with ${field}`, { ...base(), [field]: value })
    const id = randomUUID()
    yield {
      name: `${t}: with __proto__`,
      id,
      frame: JSON.stringify({ ...base(), id }).replace('{', '{"__proto__":{"role":"host"},'),
    }
  }
  for (const frame of [
    'null',
    '7',
    '"say"',
    '[]',
    '[{"t":"say"}]',
    '{}',
    '{"t":null}',
    '{"t":"nuke"}',
    '{"t":["say"]}',
  ])
    yield { name: frame, frame, id: undefined }
}
