// What a client may ask on the chat socket. The schema is the definition: the server parses with it, the
// client types come from it, PROTOCOL.md is printed from it. Objects are strict: an unknown field is refused,
// so that nobody believes the server took a `role` or a `seq` from the wire.
import * as v from 'valibot'
import { uuid } from '../ids.ts'
import { LIMITS, REACTIONS } from './limits.ts'

const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** Shape only: normalising, counting and refusing text is domain/text. The cap keeps hostile sizes out. */
const text = v.pipe(v.string(), v.maxLength(LIMITS.textBytes * 2))
const logName = v.picklist(['room', 'thread', 'inbox', 'backstage'])
const whole = (min: number, max: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max))
/** Shape only, as above. */
const reason = v.pipe(v.string(), v.maxLength(LIMITS.reasonChars * 2))
const banSeconds = whole(LIMITS.banMinSeconds, LIMITS.banMaxSeconds)
/** A command whose whole content is whom or what it is about. */
const about = <T extends string>(t: T) => v.strictObject({ t: v.literal(t), id: uuid, target: uuid })

export const rules = v.strictObject({
  who: v.picklist(['everyone', 'accounts', 'members']),
  minAgeSeconds: whole(0, LIMITS.minAgeMaxSeconds),
  links: v.picklist(['allowed', 'held', 'refused']),
  review: v.boolean(),
  duplicateSeconds: whole(0, LIMITS.duplicateMaxSeconds),
  delaySeconds: whole(0, LIMITS.delayMaxSeconds),
})
/** Resume positions are hints from an untrusted client: anything that is a number is accepted here, and a
 * position that cannot be continued is answered with a snapshot, never with an error. */
const cursor = v.strictObject({ log: logName, epoch: v.pipe(v.string(), v.maxLength(64)), seq: v.number() })

export const COMMANDS = {
  hello: v.strictObject({
    t: v.literal('hello'),
    pass: v.pipe(v.string(), v.maxLength(4096)),
    cursors: v.optional(v.pipe(v.array(cursor), v.maxLength(4))),
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
  delete: about('delete'),
  pin: about('pin'),
  unpin: v.strictObject({ t: v.literal('unpin'), id: uuid }),
  react: v.strictObject({ t: v.literal('react'), id: uuid, emoji: v.picklist(REACTIONS) }),
  slow: v.strictObject({
    t: v.literal('slow'),
    id: uuid,
    seconds: whole(0, LIMITS.slowMaxSeconds),
  }),
  rules: v.strictObject({ t: v.literal('rules'), id: uuid, rules }),
  timeout: v.strictObject({
    t: v.literal('timeout'),
    id: uuid,
    target: uuid,
    seconds: banSeconds,
    reason: v.optional(reason),
  }),
  lift: about('lift'),
  ban: v.strictObject({
    t: v.literal('ban'),
    id: uuid,
    target: uuid,
    seconds: v.optional(banSeconds),
    reason: v.optional(reason),
  }),
  unban: about('unban'),
  wipe: about('wipe'),
  approve: about('approve'),
  reject: about('reject'),
  report: v.strictObject({
    t: v.literal('report'),
    id: uuid,
    target: uuid,
    reason: v.picklist(['spam', 'abuse', 'sexual', 'danger', 'other']),
    note: v.optional(reason),
  }),
  resolve: about('resolve'),
  note: v.strictObject({
    t: v.literal('note'),
    id: uuid,
    target: uuid,
    text: v.pipe(v.string(), v.maxLength(LIMITS.noteChars * 2)),
  }),
  appoint: v.strictObject({
    t: v.literal('appoint'),
    id: uuid,
    target: uuid,
    everywhere: v.optional(v.boolean()),
  }),
  dismiss: about('dismiss'),
  block: about('block'),
  unblock: about('unblock'),
  enrol: about('enrol'),
  expel: about('expel'),
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
    does: 'Opens the socket with a pass from `POST /api/streams/:slug/pass`; answered by `welcome`. With one from `POST /api/streams/:slug/overlay-pass` it is an overlay: the room alone, read as nobody, and of all commands `read` and `renew`.',
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
  rules: {
    who: 'host',
    does: 'Sets who may write and what becomes of it, all at once; host and moderators are free of it.',
  },
  timeout: {
    who: 'host, moderators, as for `ban`',
    does: 'The person `target` can read but not write in public for `seconds`. Another one replaces the former.',
  },
  lift: { who: 'host, moderators, as for `ban`', does: 'Ends a timeout.' },
  wipe: {
    who: 'host, moderators, as for `ban`',
    does: 'Deletes the newest 100 public messages of the person `target` in this stream, and rejects what is held of it.',
  },
  approve: { who: 'host, moderators', does: 'A held message takes its place in the room, under its id.' },
  reject: { who: 'host, moderators', does: 'A held message stays out of the room; its author hears so.' },
  report: {
    who: 'guests and accounts',
    does: 'Tells host and moderators of a public message of somebody else. Once for each message.',
  },
  resolve: { who: 'host, moderators', does: 'Closes every report of the message `target`.' },
  note: { who: 'host, moderators', does: 'Notes something of the person `target` for host and moderators.' },
  appoint: {
    who: 'host',
    does: 'Makes the person `target` a moderator of this stream, or with `everywhere` of all streams of this host. Their sockets close with 4409 and come back with the new role.',
  },
  dismiss: { who: 'host', does: 'Ends both. Their sockets close with 4409.' },
  block: {
    who: 'host',
    does: 'Ends the private conversation with the person `target` in all streams of this host: neither side can write there.',
  },
  unblock: { who: 'host', does: 'Ends that.' },
  enrol: {
    who: 'host',
    does: 'Makes the person `target` a member: `members` may write where the rules say so.',
  },
  expel: { who: 'host', does: 'Ends that.' },
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
