// Acts on what is there (messages, pin, rules) and on who is (bans, timeouts, the team). What somebody writes about
// another is normalised here; the right is checked by the journal, in its transaction.
import type { Cmid } from '../../../shared/ids.ts'
import { LIMITS } from '../../../shared/protocol/index.ts'
import type { Request, Result } from '../../../shared/protocol/index.ts'
import { reason as reasonIn, remark } from '../../domain/remark.ts'
import type { Append } from '../append.ts'
import type { Act } from '../ports.ts'
import type { Answer, Caller, Handlers } from './handler.ts'
import { landed } from './landed.ts'

type Acts = Exclude<Request['t'], 'say' | 'whisper' | 'react' | 'read' | 'renew'>

export function createActs(append: Append): Pick<Handlers, Acts> {
  async function act(caller: Caller, re: Cmid, what: Act): Promise<Answer> {
    const done = await append.act(caller.id, caller.stream.id, what)
    return done.ok ? landed(re, caller, done.value) : done
  }
  /** An act with words of somebody in it: refused before it begins when they cannot be kept. */
  const worded = <T>(caller: Caller, re: Cmid, words: Result<T>, what: (words: T) => Act): Promise<Answer> =>
    words.ok ? act(caller, re, what(words.value)) : Promise.resolve(words)

  return {
    delete: (caller, { id, target }) => act(caller, id, { type: 'delete', target }),
    pin: (caller, { id, target }) => act(caller, id, { type: 'pin', target }),
    unpin: (caller, { id }) => act(caller, id, { type: 'unpin' }),
    slow: (caller, { id, seconds }) => act(caller, id, { type: 'slow', seconds }),
    rules: (caller, { id, rules }) => act(caller, id, { type: 'rules', rules }),
    timeout: (caller, { id, target, seconds, reason: raw }) =>
      worded(caller, id, reasonIn(raw, 'reason'), (reason) => ({ type: 'timeout', target, seconds, reason })),
    lift: (caller, { id, target }) => act(caller, id, { type: 'lift', target }),
    ban: (caller, { id, target, seconds = null, reason: raw }) =>
      worded(caller, id, reasonIn(raw, 'reason'), (reason) => ({ type: 'ban', target, seconds, reason })),
    wipe: (caller, { id, target }) => act(caller, id, { type: 'wipe', target }),
    approve: (caller, { id, target }) => act(caller, id, { type: 'approve', target }),
    reject: (caller, { id, target }) => act(caller, id, { type: 'reject', target }),
    report: (caller, { id, target, reason, note: raw }) =>
      worded(caller, id, reasonIn(raw, 'note'), (note) => ({ type: 'report', target, reason, note })),
    resolve: (caller, { id, target }) => act(caller, id, { type: 'resolve', target }),
    note: (caller, { id, target, text: raw }) =>
      worded(caller, id, remark(raw, 'text', LIMITS.noteChars), (text) => ({ type: 'note', target, text })),
    block: (caller, { id, target }) => act(caller, id, { type: 'block', target }),
    unblock: (caller, { id, target }) => act(caller, id, { type: 'unblock', target }),
    enrol: (caller, { id, target }) => act(caller, id, { type: 'enrol', target }),
    expel: (caller, { id, target }) => act(caller, id, { type: 'expel', target }),
    unban: (caller, { id, target }) => act(caller, id, { type: 'unban', target }),
    appoint: (caller, { id, target, everywhere }) => act(caller, id, { type: 'appoint', target, everywhere }),
    dismiss: (caller, { id, target }) => act(caller, id, { type: 'dismiss', target }),
  }
}
