import { expect, test } from 'vitest'
import { closeCodeOf } from './revoked.ts'
import type { Revoked } from './revoked.ts'

const phone = { stream: 'show', session: 'phone' }
const nothing = { stream: null, session: null, except: null }

test.each<[string, Partial<Revoked> & Pick<Revoked, 'kind'>, number | 'look' | null]>([
  ['C6 its session ended', { kind: 'session', session: 'phone' }, 4401],
  ['C6 another session ended', { kind: 'session', session: 'desk' }, null],
  ['C6 all sessions ended', { kind: 'session' }, 4401],
  ['C6 all others ended', { kind: 'session', except: 'phone' }, null],
  ['C6 all but another ended', { kind: 'session', except: 'desk' }, 4401],
  ['C11 banned here', { kind: 'ban', stream: 'show' }, 4403],
  ['C11 banned elsewhere', { kind: 'ban', stream: 'other' }, null],
  ['C11 banned everywhere', { kind: 'ban' }, 4403],
  ['C11 another role here', { kind: 'role', stream: 'show' }, 4409],
  ['C11 another role elsewhere', { kind: 'role', stream: 'other' }, null],
  ['P42 the gate here changed', { kind: 'gate', stream: 'show' }, 'look'],
  ['P42 the gate elsewhere changed', { kind: 'gate', stream: 'other' }, null],
  ['P42 a membership ended', { kind: 'gate' }, 'look'],
])('%s', (_, revoked, code) => {
  expect(closeCodeOf({ ...nothing, ...revoked }, phone)).toBe(code)
})
