// What a client may ask on the chat socket. The schema is the definition: the server parses with it, the
// client types come from it, PROTOCOL.md is printed from it. Objects are strict: an unknown field is refused,
// so that nobody believes the server took a `role` or a `seq` from the wire.
import * as v from 'valibot'
import { uuid } from '../ids.ts'
import { LIMITS, REACTIONS } from './limits.ts'

const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** Shape only: normalising, counting and refusing text is domain/text. The cap keeps hostile sizes out. */
const text = v.pipe(v.string(), v.maxLength(LIMITS.textBytes * 2))
const logName = v.picklist(['room', 'thread', 'inbox'])
/** Resume positions are hints from an untrusted client: anything that is a number is accepted here, and a
 * position that cannot be continued is answered with a snapshot, never with an error. */
const cursor = v.strictObject({ log: logName, epoch: v.pipe(v.string(), v.maxLength(64)), seq: v.number() })

export const COMMANDS = {
  hello: v.strictObject({
    t: v.literal('hello'),
    pass: v.pipe(v.string(), v.maxLength(4096)),
    cursors: v.optional(v.pipe(v.array(cursor), v.maxLength(3))),
  }),
  renew: v.strictObject({ t: v.literal('renew'), id: uuid, pass: v.pipe(v.string(), v.maxLength(4096)) }),
  say: v.strictObject({ t: v.literal('say'), id: uuid, text, replyTo: v.optional(uuid) }),
  whisper: v.strictObject({
    t: v.literal('whisper'),
    id: uuid,
    text,
    to: v.optional(uuid),
    replyTo: v.optional(uuid),
  }),
  delete: v.strictObject({ t: v.literal('delete'), id: uuid, target: uuid }),
  pin: v.strictObject({ t: v.literal('pin'), id: uuid, target: uuid }),
  unpin: v.strictObject({ t: v.literal('unpin'), id: uuid }),
  react: v.strictObject({ t: v.literal('react'), id: uuid, emoji: v.picklist(REACTIONS) }),
  slow: v.strictObject({
    t: v.literal('slow'),
    id: uuid,
    seconds: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(LIMITS.slowMaxSeconds)),
  }),
  ban: v.strictObject({
    t: v.literal('ban'),
    id: uuid,
    target: uuid,
    seconds: v.optional(
      v.pipe(v.number(), v.safeInteger(), v.minValue(LIMITS.banMinSeconds), v.maxValue(LIMITS.banMaxSeconds)),
    ),
  }),
  unban: v.strictObject({ t: v.literal('unban'), id: uuid, target: uuid }),
  appoint: v.strictObject({ t: v.literal('appoint'), id: uuid, target: uuid }),
  dismiss: v.strictObject({ t: v.literal('dismiss'), id: uuid, target: uuid }),
  read: v.strictObject({
    t: v.literal('read'),
    id: uuid,
    log: logName,
    viewer: v.optional(uuid),
    from: seq,
    to: seq,
  }),
} as const

/** One line each for PROTOCOL.md: who may send it, what it does, what `ok` means. */
export const COMMAND_NOTES: Record<CommandName, { who: string; does: string }> = {
  hello: {
    who: 'everyone, first frame, once',
    does: 'Opens the socket with a pass from `POST /api/streams/:slug/pass`; answered by `welcome`.',
  },
  renew: { who: 'everyone', does: 'Replaces the pass before it expires; the same person and stream only.' },
  say: {
    who: 'guests and accounts',
    does: 'A public message into `room`. `replyTo` names a message of the room.',
  },
  whisper: {
    who: 'a viewer to the host (no `to`); the host to one viewer (`to`)',
    does: "A private message into that viewer's `thread` and the host's `inbox`.",
  },
  delete: {
    who: 'the author; host and moderators in the room; the host in threads',
    does: 'Leaves a tombstone.',
  },
  pin: { who: 'host, moderators', does: 'Pins one public message; the former pin goes.' },
  unpin: { who: 'host, moderators', does: 'Clears the pin.' },
  react: { who: 'guests and accounts', does: 'Adds one to a pulse total; never stored per person.' },
  slow: { who: 'host', does: 'Sets slow mode, in seconds; 0 turns it off.' },
  ban: {
    who: 'host, moderators; a moderator no other moderator, nobody the host',
    does: 'Shuts the person `target` out of this stream: for `seconds`, or for good without it. Their sockets close with 4403. Another ban replaces the former one.',
  },
  unban: { who: 'host, moderators, as for `ban`', does: 'Ends a ban.' },
  appoint: {
    who: 'host',
    does: 'Makes the person `target` a moderator of this stream. Their sockets close with 4409 and come back with the new role.',
  },
  dismiss: { who: 'host', does: 'Ends that. Their sockets close with 4409.' },
  read: {
    who: 'every reader of the log',
    does: 'Entries `from`..`to` (inclusive) of a log: fills a gap or pages back. The host names `viewer` to read one thread.',
  },
}

export type CommandName = keyof typeof COMMANDS
export type CommandOf<K extends CommandName> = v.InferOutput<(typeof COMMANDS)[K]>
export type Command = { [K in CommandName]: CommandOf<K> }[CommandName]
export type Hello = CommandOf<'hello'>
/** What may follow `hello`. */
export type Request = Exclude<Command, Hello>

const command = v.variant(
  't',
  Object.values(COMMANDS) as unknown as [(typeof COMMANDS)['hello'], ...(typeof COMMANDS)[CommandName][]],
)

export type Parsed =
  | { ok: true; command: Command }
  /** `id` is set when the frame carried a usable one, so that the refusal can be matched to it. */
  | { ok: false; json: boolean; id?: string; field: string; problem: string }

/** One text frame to a command. Never throws; never echoes the frame's content. */
export function parseCommand(frame: string): Parsed {
  let value: unknown
  try {
    value = JSON.parse(frame)
  } catch {
    return { ok: false, json: false, field: '', problem: 'not JSON' }
  }
  const parsed = v.safeParse(command, value, { abortEarly: true })
  if (parsed.success) return { ok: true, command: parsed.output }
  const issue = parsed.issues[0]
  const id = v.safeParse(v.object({ id: uuid }), value)
  return {
    ok: false,
    json: true,
    ...(id.success ? { id: id.output.id } : {}),
    field: v.getDotPath(issue) ?? 't',
    problem: `expected ${issue.expected ?? 'a valid value'}`,
  }
}
