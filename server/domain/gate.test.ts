import { expect, test } from 'vitest'
import { GATE_KINDS } from '../../shared/api/gates.ts'
import { NOBODY, gateRefusal, isOpen, mayEnter, type Visitor } from './gate.ts'

const guest: Visitor = { ...NOBODY, kind: 'guest' }
const account: Visitor = { ...NOBODY, kind: 'account' }
const VISITORS = {
  stranger: NOBODY,
  guest,
  'guest who entered': { ...guest, admitted: true },
  account,
  'account that entered': { ...account, admitted: true },
  member: { ...account, member: true },
  'guest who is a member': { ...guest, member: true },
  moderator: { ...account, role: 'moderator' },
  'guest who moderates': { ...guest, role: 'moderator' },
  host: { ...account, role: 'host' },
  banned: { ...account, member: true, admitted: true, banned: true },
  'banned moderator': { ...account, role: 'moderator', banned: true },
} as const satisfies Record<string, Visitor>

const BANNED = { banned: 'banned', 'banned moderator': 'banned' } as const
const STAFF = { moderator: null, 'guest who moderates': null, host: null, ...BANNED } as const
const open = Object.fromEntries(Object.keys(VISITORS).map((name) => [name, null]))
const entering = (code: string) => ({
  ...Object.fromEntries(Object.keys(VISITORS).map((name) => [name, code])),
  ...{ 'guest who entered': null, 'account that entered': null, ...STAFF },
})
const EXPECTED: Record<string, Record<string, string | null>> = {
  public: { ...open, ...BANNED },
  unlisted: { ...open, ...BANNED },
  passphrase: entering('passphrase_needed'),
  invite: entering('link_needed'),
  accounts: {
    ...open,
    stranger: 'account_needed',
    guest: 'account_needed',
    'guest who entered': 'account_needed',
    'guest who is a member': 'account_needed',
    ...STAFF,
  },
  members: {
    ...entering('membership_needed'),
    'guest who entered': 'membership_needed',
    'account that entered': 'membership_needed',
    member: null,
    'guest who is a member': null,
  },
}

test('P40 six gates and everybody before them: who passes, and what the others are asked for', () => {
  let cells = 0
  for (const gate of GATE_KINDS)
    for (const [name, visitor] of Object.entries(VISITORS)) {
      expect([gate, name, mayEnter(gate, visitor)]).toEqual([gate, name, EXPECTED[gate]?.[name]])
      cells += 1
    }
  expect(cells).toBe(6 * 12)
})

test('P40 without bans the gate says the same, and the open ones ask for nothing', () => {
  for (const gate of GATE_KINDS)
    for (const visitor of Object.values(VISITORS)) {
      const unbanned = { ...visitor, banned: false }
      expect(gateRefusal(gate, visitor)).toBe(mayEnter(gate, unbanned))
    }
  expect(GATE_KINDS.filter(isOpen)).toEqual(['public', 'unlisted'])
})

test('P40 nobody bans the host', () => {
  const host: Visitor = { ...account, role: 'host', banned: true }
  for (const gate of GATE_KINDS) expect(mayEnter(gate, host)).toBeNull()
})
