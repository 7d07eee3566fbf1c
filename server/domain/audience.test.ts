import { expect, test } from 'vitest'
import { COMMANDS } from '../../shared/protocol/index.ts'
import type { LogName } from '../../shared/protocol/index.ts'
import { actsOf, readsLog, roleReads, seenBy, seenInLogs } from './audience.ts'
import { logsFor } from './log.ts'
import { ACT_IDS, actRow } from './privacy/act.ts'
import { PRINCIPAL_KINDS } from './privacy/principals.ts'
import { REACH_IDS, reachRows } from './privacy/reach.ts'
import { OBJECT_IDS, object } from './privacy/read.ts'

const cells = PRINCIPAL_KINDS.flatMap((kind) => OBJECT_IDS.map((id) => [kind, id] as const))

/** Nobody else's thing is a person's own, and the host has no thread: there, everything is somebody else's. */
const relations = (kind: string) => (kind === 'H' ? [false] : [true, false])

test.each(cells)(
  'P33 L1 for %s, %s in the logs is what its cell says: there is nothing to filter',
  (kind, id) => {
    for (const concerned of relations(kind))
      expect(seenInLogs(kind, id, concerned)).toBe(seenBy(object(id).cells[kind], concerned))
  },
)

test('P33 the three sentences: a viewer not another’s private messages, the host all, moderators none', () => {
  for (const id of ['O2', 'O3'] as const) {
    const of = (kind: (typeof PRINCIPAL_KINDS)[number], concerned: boolean) =>
      seenBy(object(id).cells[kind], concerned)
    for (const kind of ['AN', 'G', 'V', 'M', 'OH', 'BN', 'OV'] as const)
      expect(of(kind, false)).toBe('nothing')
    expect(of('H', false)).toBe('whole')
    expect(of('M', true)).toBe('whole')
    expect(of('BN', true)).toBe('nothing')
  }
})

test('P33 what a socket follows by itself is what its role may read', () => {
  const logs: LogName[] = ['room', 'thread', 'inbox', 'backstage']
  for (const role of ['viewer', 'moderator', 'host'] as const) {
    const followed = new Set(logsFor(role, 's', 'p').map(({ kind }) => kind))
    // The host reads threads one by one: what is new in them is in the inbox.
    const may = logs.filter((log) => roleReads(role, log, true) && !(role === 'host' && log === 'thread'))
    expect([...followed].sort()).toEqual(may.sort())
  }
  expect(readsLog('BN', 'thread', true)).toBe(false)
})

test('P33 every command stands in the table of acts, but for those that are no act', () => {
  const without = Object.keys(COMMANDS).filter((name) => actsOf(name as 'say').length === 0)
  expect(without.sort()).toEqual(['hello', 'read', 'renew'])
})

test('P33 replay and overlay hold nothing that is not public, for nobody', () => {
  const open = reachRows('replay').flatMap(([id, row]) =>
    Object.values(row).some((c) => c !== '-') ? [id] : [],
  )
  expect(open).toEqual(['O1', 'O4', 'O9'])
  for (const id of OBJECT_IDS)
    if (!('room' in object(id).lies)) expect(seenBy(object(id).cells.OV, true)).toBe('nothing')
})

test('P33 nobody without a session, banned or filming acts at all, and another stream’s host is a viewer', () => {
  for (const id of ACT_IDS) {
    const { AN, BN, OV, OH, V, G } = actRow(id).cells
    expect([id, AN, BN, OV]).toEqual([id, '-', '-', '-'])
    expect([id, OH, G]).toEqual([id, V, V])
  }
  for (const id of OBJECT_IDS) expect(object(id).cells.OH).toBe(object(id).cells.V)
  for (const id of REACH_IDS) for (const [, row] of reachRows(id)) expect(row.OH).toBe(row.V)
})
