import { expect, test } from 'vitest'
import { AUDIT_COLUMNS, auditRow } from './audit-csv.ts'
import { csvLine } from './csv.ts'
import { replayed } from './replay.ts'
import type { Deed, Entry, StreamEvent } from '../../shared/protocol/events.ts'

test('P30 a cell that a spreadsheet would run as a formula is text', () => {
  const formulas = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '\u200b=1',
    '\uff1d1',
    '\tx',
  ]
  for (const formula of formulas) expect(csvLine([formula])).toBe(`"'${formula}"\r\n`)
  for (const text of ['a=1', 'x', '5-1', '', '…-1']) expect(csvLine([text])).toBe(`"${text}"\r\n`)
})

test('P30 quotes, commas and line breaks stay inside their cell', () => {
  expect(csvLine(['say "hi", you\nthere', null, 3])).toBe('"say ""hi"", you\nthere",,3\r\n')
})

test('P30 a line of the audit says who did what to whom, until when and why', () => {
  const [mo, bob] = [
    { id: 'm', name: 'Mo' },
    { id: 'b', name: 'Bob' },
  ]
  const row = (event: StreamEvent) => {
    const values = auditRow({ seq: 7, at: 1_000, event }, (ms) => `t${ms}`)
    const named = AUDIT_COLUMNS.map((column, i) => [column, values[i]] as const)
    return Object.fromEntries(named.filter(([, value]) => value !== null))
  }
  const moderated = (deed: Deed) => row({ type: 'moderated', by: mo, deed })
  const message = { id: 'x', author: { ...bob, role: 'viewer' as const }, text: 'bad', at: 1 }
  const whom = { seq: 7, at: 't1000', by_id: 'm', by: 'Mo', target_id: 'b', target: 'Bob' }
  expect(moderated({ is: 'banned', target: bob, until: 2_000, reason: 'spam' })).toEqual({
    ...{ ...whom, what: 'banned', until: 't2000', detail: 'spam' },
  })
  expect(moderated({ is: 'banned', target: bob, until: null, reason: null })).toEqual({
    ...whom,
    what: 'banned',
  })
  expect(moderated({ is: 'deleted', message })).toEqual({
    ...{ ...whom, what: 'deleted', message_id: 'x', text: 'bad' },
  })
  expect(moderated({ is: 'wiped', target: bob, count: 3 })).toMatchObject({ detail: '3 messages' })
  expect(moderated({ is: 'noted', target: bob, text: 'twice' })).toMatchObject({ text: 'twice' })
  expect(moderated({ is: 'appointed', target: bob, everywhere: true })).toMatchObject({ what: 'appointed' })
  expect(moderated({ is: 'slowed', seconds: 5 })).toMatchObject({ detail: '5 s' })
  expect(moderated({ is: 'unbanned', target: bob })).toEqual({ ...whom, what: 'unbanned' })
  const held = { ...message, reason: 'term' as const, matched: 'b*d', verdict: 'open' as const }
  expect(row({ type: 'held', held })).toMatchObject({ what: 'held', detail: 'term: b*d', text: 'bad' })
  const report = { by: mo, reason: 'abuse' as const, note: 'look', message }
  expect(row({ type: 'reported', report })).toMatchObject({ by: 'Mo', target: 'Bob', detail: 'abuse: look' })
  expect(row({ type: 'settled', target: 'x', verdict: 'approved', by: mo })).toMatchObject({
    what: 'approved',
  })
})

test('P29 a replay leaves out deletes, what was deleted, and every private kind of entry', () => {
  const entry = (event: StreamEvent): Entry => ({ seq: 1, at: 1, event })
  const message = (text: string | null) => ({
    ...{ id: 'x', author: { id: 'b', name: 'Bob', role: 'viewer' as const }, text, at: 1 },
  })
  const shown: StreamEvent[] = [
    { type: 'said', message: message('hi') },
    { type: 'pinned', message: message('hi'), ver: 1 },
    { type: 'unpinned', ver: 2 },
    { type: 'stream', state: 'live' },
    { type: 'slowed', seconds: 3 },
  ]
  const hidden: StreamEvent[] = [
    { type: 'said', message: message(null) },
    { type: 'deleted', target: 'x' },
    { type: 'whispered', viewer: { id: 'b', name: 'Bob' }, message: message('hi') },
    { type: 'notice', notice: { is: 'unbanned' } },
    { type: 'resolved', target: 'x', by: { id: 'm', name: 'Mo' } },
  ]
  expect(shown.flatMap((event) => replayed(entry(event)))).toEqual(shown.map(entry))
  expect(hidden.flatMap((event) => replayed(entry(event)))).toEqual([])
  expect(replayed(entry({ type: 'pinned', message: message(null), ver: 3 }))).toEqual([
    entry({ type: 'unpinned', ver: 3 }),
  ])
})
