import { expect, test } from 'vitest'
import { COMMANDS, REACTIONS } from '../../shared/protocol/index.ts'
import type { ErrorCode, Request, Role } from '../../shared/protocol/index.ts'
import { may } from './policy.ts'
import type { Phase } from './slow.ts'

const ids = { ada: 'ada', bob: 'bob', hana: 'hana' }
const id = 'cmid'
const live: Phase = { state: 'live', endedAt: null }
const over: Phase = { state: 'ended', endedAt: 0 }
const roles = { viewer: ids.ada, moderator: ids.ada, host: ids.hana } as const
const [emoji] = REACTIONS

type Verdicts = Record<Role, 'yes' | ErrorCode>
const all = (verdict: 'yes' | ErrorCode): Verdicts => ({ viewer: verdict, moderator: verdict, host: verdict })
const only = (role: Role, other: ErrorCode): Verdicts => ({ ...all(other), [role]: 'yes' })
const team: Verdicts = { viewer: 'not_allowed', moderator: 'yes', host: 'yes' }

const requests: [rule: string, what: string, request: Request, phase: Phase, verdicts: Verdicts][] = [
  ['M9', 'say', { t: 'say', id, text: 'x' }, live, all('yes')],
  ['M9', 'say after the goodbyes', { t: 'say', id, text: 'x' }, over, all('stream_ended')],
  ['M9', 'whisper after the goodbyes', { t: 'whisper', id, text: 'x' }, over, all('stream_ended')],
  ['M9', 'react after the goodbyes', { t: 'react', id, emoji }, over, all('stream_ended')],
  ['N2', 'react', { t: 'react', id, emoji }, live, all('yes')],
  [
    'P3',
    'whisper to nobody named',
    { t: 'whisper', id, text: 'x' },
    live,
    { viewer: 'yes', moderator: 'yes', host: 'bad_request' },
  ],
  [
    'P3',
    'whisper to a viewer',
    { t: 'whisper', id, text: 'x', to: ids.bob },
    live,
    only('host', 'not_allowed'),
  ],
  [
    'P3',
    'whisper to the host by name',
    { t: 'whisper', id, text: 'x', to: ids.hana },
    live,
    all('not_allowed'),
  ],
  [
    'P3',
    'whisper to oneself',
    { t: 'whisper', id, text: 'x', to: ids.ada },
    live,
    only('host', 'not_allowed'),
  ],
  ['P4', 'pin', { t: 'pin', id, target: 'm' }, live, team],
  ['P4', 'unpin', { t: 'unpin', id }, live, team],
  ['P5', 'delete, which the journal decides', { t: 'delete', id, target: 'm' }, live, all('yes')],
  ['P5', 'delete after the goodbyes', { t: 'delete', id, target: 'm' }, over, all('yes')],
  ['P6', 'slow', { t: 'slow', id, seconds: 5 }, live, only('host', 'not_allowed')],
  ['P11', 'ban', { t: 'ban', id, target: ids.bob }, live, team],
  ['P11', 'ban after the goodbyes', { t: 'ban', id, target: ids.bob, seconds: 60 }, over, team],
  ['P11', 'unban', { t: 'unban', id, target: ids.bob }, live, team],
  ['P11', 'ban a moderator who is not oneself', { t: 'ban', id, target: 'mo' }, live, team],
  ['P11', 'ban the host by name', { t: 'ban', id, target: ids.hana }, live, { ...team, host: 'not_allowed' }],
  ['P11', 'ban oneself', { t: 'ban', id, target: ids.ada }, live, only('host', 'not_allowed')],
  ['P11', 'appoint', { t: 'appoint', id, target: ids.bob }, live, only('host', 'not_allowed')],
  ['P11', 'dismiss', { t: 'dismiss', id, target: ids.bob }, live, only('host', 'not_allowed')],
  ['P11', 'appoint oneself', { t: 'appoint', id, target: ids.hana }, live, all('not_allowed')],
  ['P1', 'read the room', { t: 'read', id, log: 'room', from: 1, to: 2 }, over, all('yes')],
  [
    'P1',
    'read the own thread',
    { t: 'read', id, log: 'thread', from: 1, to: 2 },
    live,
    { viewer: 'yes', moderator: 'yes', host: 'bad_request' },
  ],
  [
    'P1',
    'read the thread of another',
    { t: 'read', id, log: 'thread', viewer: ids.bob, from: 1, to: 2 },
    live,
    only('host', 'not_found'),
  ],
  ['P2', 'read the inbox', { t: 'read', id, log: 'inbox', from: 1, to: 2 }, live, only('host', 'not_found')],
  ['C5', 'renew', { t: 'renew', id, pass: 'p' }, live, all('yes')],
]

test.each(requests)('%s may: %s', (_, __, request, phase, verdicts) => {
  for (const role of ['viewer', 'moderator', 'host'] as const) {
    const denial = may({ id: roles[role], role, banned: false }, request, phase, 1_000_000)
    expect([role, denial?.code ?? 'yes']).toEqual([role, verdicts[role]])
  }
})

test.each(requests)('P7 a banned person is refused: %s %s', (_, __, request, phase) => {
  for (const role of ['viewer', 'moderator', 'host'] as const)
    expect(may({ id: roles[role], role, banned: true }, request, phase, 0)?.code).toBe('banned')
})

test('P8 the thread of another answers like the thread of nobody', () => {
  const reading = (viewer: string) =>
    may(
      { id: ids.ada, role: 'viewer', banned: false },
      { t: 'read', id, log: 'thread', viewer, from: 1, to: 2 },
      live,
      0,
    )
  expect(reading(ids.bob)).toEqual(reading('no such person'))
})

test('every command after hello stands in the table above', () => {
  const tested = new Set(requests.map(([, , request]) => request.t))
  expect([...tested, 'hello'].sort()).toEqual(Object.keys(COMMANDS).sort())
})
