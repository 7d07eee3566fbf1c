import { expect, test } from 'vitest'
import { COMMANDS, OPEN_RULES, REACTIONS } from '../../shared/protocol/index.ts'
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

type Row = [rule: string, what: string, request: Request, phase: Phase, verdicts: Verdicts]
/** Nobody judges itself; whom else, the journal decides. */
const onThree = (what: string, request: (target: string) => Request): Row[] => [
  ['P13', what, request(ids.bob), live, team],
  ['P13', `${what} after the goodbyes`, request(ids.bob), over, team],
  ['P13', `${what} oneself`, request(ids.ada), live, only('host', 'not_allowed')],
  ['P13', `${what} the host by name`, request(ids.hana), live, { ...team, host: 'not_allowed' }],
]
const aboutSomebody = (t: 'lift' | 'wipe'): Row[] => onThree(t, (target) => ({ t, id, target }))

const requests: Row[] = [
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
  // P13: what moderators do, what only the host does, and what anybody may.
  ['P13', 'set the rules', { t: 'rules', id, rules: OPEN_RULES }, live, only('host', 'not_allowed')],
  [
    'P13',
    'set the rules after the goodbyes',
    { t: 'rules', id, rules: OPEN_RULES },
    over,
    only('host', 'not_allowed'),
  ],
  ...(['lift', 'wipe'] as const).flatMap(aboutSomebody),
  ...onThree('timeout', (target) => ({ t: 'timeout', id, target, seconds: 60, reason: 'r' })),
  ...(['approve', 'reject', 'resolve'] as const).map((t): Row => [
    'P13',
    t,
    { t, id, target: 'm' },
    live,
    team,
  ]),
  ['P13', 'approve after the goodbyes', { t: 'approve', id, target: 'm' }, over, team],
  ['P13', 'note', { t: 'note', id, target: ids.bob, text: 'x' }, live, team],
  ['P13', 'note of oneself', { t: 'note', id, target: ids.ada, text: 'x' }, live, team],
  ['P13', 'report', { t: 'report', id, target: 'm', reason: 'spam' }, live, all('yes')],
  ['P13', 'report after the goodbyes', { t: 'report', id, target: 'm', reason: 'spam' }, over, all('yes')],
  ...(['block', 'unblock', 'enrol', 'expel'] as const).flatMap((t): Row[] => [
    ['P13', t, { t, id, target: ids.bob }, live, only('host', 'not_allowed')],
    ['P13', `${t} oneself`, { t, id, target: ids.hana }, live, all('not_allowed')],
  ]),
  [
    'P11',
    'appoint everywhere',
    { t: 'appoint', id, target: ids.bob, everywhere: true },
    live,
    only('host', 'not_allowed'),
  ],
  [
    'P2',
    'read the inbox of somebody',
    { t: 'read', id, log: 'inbox', viewer: ids.bob, from: 1, to: 2 },
    live,
    { viewer: 'not_found', moderator: 'not_found', host: 'bad_request' },
  ],
  [
    'C19',
    'read the backstage',
    { t: 'read', id, log: 'backstage', from: 1, to: 2 },
    live,
    { ...team, viewer: 'not_found' },
  ],
  [
    'C19',
    'read the backstage of somebody',
    { t: 'read', id, log: 'backstage', viewer: ids.bob, from: 1, to: 2 },
    live,
    { viewer: 'not_found', moderator: 'bad_request', host: 'bad_request' },
  ],
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

test('P8 the backstage answers a viewer like the thread of nobody', () => {
  const ada = { id: ids.ada, role: 'viewer', banned: false } as const
  const reading = (request: Request) => may(ada, request, live, 0)
  expect(reading({ t: 'read', id, log: 'backstage', from: 1, to: 2 })).toEqual(
    reading({ t: 'read', id, log: 'thread', viewer: 'no such person', from: 1, to: 2 }),
  )
})

test('P7 a banned person is told why and for how long', () => {
  const said = (ban: { until: number | null; reason: string | null }) =>
    may({ id: ids.ada, role: 'viewer', banned: true, ...ban }, { t: 'say', id, text: 'x' }, live, 1_000)
  expect(said({ until: null, reason: null })).toEqual({ code: 'banned' })
  expect(said({ until: 61_000, reason: 'spam' })).toEqual({
    code: 'banned',
    retryAfterMs: 60_000,
    reason: 'spam',
  })
  expect(said({ until: 900, reason: null })).toEqual({ code: 'banned', retryAfterMs: 1 })
})
