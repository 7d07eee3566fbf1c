import { describe, expect, test } from 'vitest'
import type { Role } from '../../shared/protocol/events.ts'
import { mayAct, mayActOn } from './judge.ts'
import type { ActName } from './judge.ts'

const ROLES: readonly Role[] = ['viewer', 'moderator', 'host']
const ACTS: Record<'viewer' | 'moderator' | 'host', readonly ActName[]> = {
  viewer: ['delete', 'report'],
  moderator: [
    'pin',
    'unpin',
    'approve',
    'reject',
    'resolve',
    'note',
    'timeout',
    'lift',
    'ban',
    'unban',
    'wipe',
  ],
  host: ['slow', 'rules', 'state', 'appoint', 'dismiss', 'block', 'unblock', 'enrol', 'expel'],
}
const JUDGE = ['timeout', 'lift', 'ban', 'unban', 'wipe'] as const
const HOST_ALONE = ['appoint', 'dismiss', 'block', 'unblock', 'enrol', 'expel'] as const

describe('who may do what', () => {
  test.each([
    ['viewer', ACTS.viewer],
    ['moderator', [...ACTS.viewer, ...ACTS.moderator]],
    ['host', [...ACTS.viewer, ...ACTS.moderator, ...ACTS.host]],
  ] as const)('P4 P6 P11 P18 a %s', (role, allowed) => {
    for (const act of Object.values(ACTS).flat())
      expect([act, mayAct(role, act)?.code ?? 'ok']).toEqual([
        act,
        allowed.includes(act) ? 'ok' : 'not_allowed',
      ])
  })

  const table: [Role, readonly ActName[], of: Record<Role | 'nobody', string>][] = [
    ['viewer', [...JUDGE, ...HOST_ALONE, 'note'], { viewer: 'not_allowed', moderator: 'not_allowed', host: 'not_allowed', nobody: 'not_allowed' }], // prettier-ignore
    ['moderator', HOST_ALONE, { viewer: 'not_allowed', moderator: 'not_allowed', host: 'not_allowed', nobody: 'not_allowed' }], // prettier-ignore
    ['moderator', JUDGE, { viewer: 'ok', moderator: 'not_allowed', host: 'not_allowed', nobody: 'not_found' }], // prettier-ignore
    ['moderator', ['note'], { viewer: 'ok', moderator: 'ok', host: 'ok', nobody: 'not_found' }],
    ['host', [...JUDGE, ...HOST_ALONE], { viewer: 'ok', moderator: 'ok', host: 'not_allowed', nobody: 'not_found' }], // prettier-ignore
    ['host', ['note'], { viewer: 'ok', moderator: 'ok', host: 'ok', nobody: 'not_found' }],
  ]
  test.each(table)('P18 a %s: %s', (role, acts, codes) => {
    for (const act of acts)
      for (const of of [...ROLES, 'nobody'] as const) {
        const denial = mayActOn(role, act, of === 'nobody' ? null : of)
        expect([act, of, denial?.code ?? 'ok']).toEqual([act, of, codes[of]])
      }
  })
})
