// One example of every command, frame and event: printed into PROTOCOL.md, and a start for load scripts. A new
// one without an example does not compile.
import type { CommandName, CommandOf } from './commands.ts'
import type { Entry, Message, Rules, StreamEvent } from './events.ts'
import type { Frame } from './frames.ts'

const ids = {
  ada: '0b8f2c1e-6a3d-4f57-9c10-2d5e7a9b4c31',
  hana: '7d41e0aa-93b2-4c68-8f1d-5b0c6e2a7f94',
  message: 'c5a9d7e3-1f84-4b26-a0de-93b7f6185c42',
  command: '4e7b1a90-d2c6-4358-b9f1-60a8c3e5d7f2',
  epoch: '91f3c6b8-07ae-4d25-86c4-e1b95d20a7f3',
}
const at = 1_795_291_200_000
const ada = { id: ids.ada, name: 'Ada' }

const message: Message = { id: ids.message, author: { ...ada, role: 'viewer' }, text: 'Hello, Hana!', at }
const reply: Message = {
  id: ids.command,
  author: { id: ids.hana, name: 'Hana', role: 'host' },
  text: 'Hello, Ada!',
  at,
  replyTo: { id: ids.message, name: 'Ada', text: 'Hello, Hana!' },
}

const rules: Rules = {
  who: 'everyone',
  minAgeSeconds: 0,
  links: 'held',
  review: false,
  duplicateSeconds: 30,
  delaySeconds: 0,
}
const hana = { id: ids.hana, name: 'Hana' }

export const COMMAND_EXAMPLES: { [K in CommandName]: CommandOf<K> } = {
  hello: { t: 'hello', pass: 'eyJhbGciOi...', cursors: [{ log: 'room', epoch: ids.epoch, seq: 41 }] },
  renew: { t: 'renew', id: ids.command, pass: 'eyJhbGciOi...' },
  say: { t: 'say', id: ids.command, text: 'Hello, Hana!' },
  whisper: { t: 'whisper', id: ids.command, text: 'Just between us', to: ids.ada },
  delete: { t: 'delete', id: ids.command, target: ids.message },
  pin: { t: 'pin', id: ids.command, target: ids.message },
  unpin: { t: 'unpin', id: ids.command },
  react: { t: 'react', id: ids.command, emoji: '🔥' },
  slow: { t: 'slow', id: ids.command, seconds: 30 },
  rules: { t: 'rules', id: ids.command, rules },
  timeout: { t: 'timeout', id: ids.command, target: ids.ada, seconds: 600, reason: 'Calm down' },
  lift: { t: 'lift', id: ids.command, target: ids.ada },
  ban: { t: 'ban', id: ids.command, target: ids.ada, seconds: 600, reason: 'Spam' },
  wipe: { t: 'wipe', id: ids.command, target: ids.ada },
  approve: { t: 'approve', id: ids.command, target: ids.message },
  reject: { t: 'reject', id: ids.command, target: ids.message },
  report: { t: 'report', id: ids.command, target: ids.message, reason: 'spam', note: 'Third time' },
  resolve: { t: 'resolve', id: ids.command, target: ids.message },
  note: { t: 'note', id: ids.command, target: ids.ada, text: 'Warned twice' },
  block: { t: 'block', id: ids.command, target: ids.ada },
  unblock: { t: 'unblock', id: ids.command, target: ids.ada },
  enrol: { t: 'enrol', id: ids.command, target: ids.ada },
  expel: { t: 'expel', id: ids.command, target: ids.ada },
  unban: { t: 'unban', id: ids.command, target: ids.ada },
  appoint: { t: 'appoint', id: ids.command, target: ids.ada },
  dismiss: { t: 'dismiss', id: ids.command, target: ids.ada },
  read: { t: 'read', id: ids.command, log: 'thread', viewer: ids.ada, from: 1, to: 50 },
}

export const EVENT_EXAMPLES: { [T in StreamEvent['type']]: Extract<StreamEvent, { type: T }> } = {
  said: { type: 'said', message: reply },
  whispered: { type: 'whispered', viewer: ada, message },
  deleted: { type: 'deleted', target: ids.message },
  pinned: { type: 'pinned', message, ver: 3 },
  unpinned: { type: 'unpinned', ver: 4 },
  slowed: { type: 'slowed', seconds: 30 },
  stream: { type: 'stream', state: 'live' },
  ruled: { type: 'ruled', rules },
  notice: { type: 'notice', notice: { is: 'timed_out', until: at + 600_000, reason: 'Calm down' } },
  held: {
    type: 'held',
    held: {
      id: ids.message,
      author: message.author,
      text: 'See example.com',
      at,
      reason: 'link',
      verdict: 'open',
    },
  },
  settled: { type: 'settled', target: ids.message, verdict: 'approved', by: hana },
  reported: { type: 'reported', report: { by: hana, reason: 'spam', note: null, message } },
  resolved: { type: 'resolved', target: ids.message, by: hana },
  moderated: {
    type: 'moderated',
    by: hana,
    deed: { is: 'banned', target: ada, until: null, reason: 'Spam' },
  },
}

const entry: Entry = { seq: 42, at, event: { type: 'said', message } }

export const FRAME_EXAMPLES: { [T in Frame['t']]: Extract<Frame, { t: T }> } = {
  welcome: {
    t: 'welcome',
    you: { ...ada, role: 'viewer', guest: true },
    stream: { slug: 'tea-time', title: 'Tea Time', state: 'live', host: { id: ids.hana, name: 'Hana' } },
    logs: [
      { log: 'room', epoch: ids.epoch, seq: 42, recovered: true, entries: [entry] },
      { log: 'thread', epoch: ids.epoch, seq: 0, recovered: false, reason: 'new', entries: [] },
    ],
    pin: null,
    slowSeconds: 0,
    rules,
    pulse: { viewers: 12, reactions: { '🔥': 7 } },
    passExpiresAt: at + 300_000,
    now: at,
  },
  ok: { t: 'ok', re: ids.command, log: 'room', seq: 42, id: ids.message, at },
  err: {
    t: 'err',
    re: ids.command,
    code: 'slow_mode',
    says: 'Slow mode is on. Wait for the countdown.',
    retryAfterMs: 12_000,
  },
  page: { t: 'page', re: ids.command, log: 'room', entries: [entry] },
  entries: { t: 'entries', log: 'room', epoch: ids.epoch, entries: [entry] },
  pulse: { t: 'pulse', viewers: 12, reactions: { '🔥': 7 } },
  pos: { t: 'pos', log: 'room', epoch: ids.epoch, seq: 42 },
  snapshot: {
    t: 'snapshot',
    log: 'room',
    epoch: ids.epoch,
    seq: 42,
    entries: [entry],
    pin: null,
    slowSeconds: 0,
    rules,
    state: 'live',
    pulse: { viewers: 12, reactions: { '🔥': 7 } },
    live: true,
  },
}
