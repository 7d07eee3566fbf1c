import { expect, test } from 'vitest'
import { GOALS, judge, type Goal } from './goals.ts'
import type { Reading } from './readings.ts'
import { goalsTable, ratiosTo, remarks, tableOf } from './sheet.ts'
import { isWorkload } from './workloads.ts'

const reading = (server: Reading['server'], figures: Reading['figures'], point?: string): Reading => ({
  workload: '5000x50',
  server,
  figures,
  faults: [],
  ...(point === undefined ? {} : { point }),
})
const goal = (more: Partial<Goal>): Goal => ({
  workload: '5000x50',
  server: 'stagedoor',
  figure: 'cpuPerMillion',
  says: 'CPU',
  ...more,
})
const ours = reading('stagedoor', { cpuPerMillion: 1.8, share: 0.99999 })
const uws = reading('uws', { cpuPerMillion: 4 })

test('a goal is reached at its limit and not beyond it, in units of what it is measured against', () => {
  const verdicts = (goals: Goal[]) => judge([ours, uws], goals).map(({ reached }) => reached)
  const than = { server: 'uws' } as const
  expect(verdicts([goal({ atMost: 1.8 }), goal({ atMost: 1.79 })])).toEqual([true, false])
  expect(verdicts([goal({ atMost: 0.45, than }), goal({ atMost: 0.44, than })])).toEqual([true, false])
  expect(verdicts([goal({ figure: 'share', atLeast: 1 })])).toEqual([false])
})

test('what was not run is not judged, and what lacks its peer is said to be unmeasured', () => {
  expect(judge([uws])).toEqual([])
  const judged = judge([ours], [goal({ atMost: 0.45, than: { server: 'uws' } })])
  expect(judged).toMatchObject([{ reached: null, value: undefined }])
  expect(goalsTable(judged)).toContain('not measured')
})

test('no number reaches no goal', () => {
  const nothing = reading('stagedoor', { cpuPerMillion: NaN })
  expect(judge([nothing], [goal({ atMost: 5 }), goal({ atLeast: 0 })]).map(({ reached }) => reached)).toEqual(
    [false, false],
  )
})

test('points of one workload are told apart', () => {
  const grown = [
    reading('stagedoor', { p50: 10 }, 'history 0'),
    reading('stagedoor', { p50: 30 }, 'history 9'),
  ]
  const judged = judge(grown, [
    goal({ figure: 'p50', point: 'history 9', atMost: 1.1, than: { point: 'history 0' } }),
  ])
  expect(judged).toMatchObject([{ value: 3, reached: false }])
})

test('every goal names a workload that there is', () => {
  expect(GOALS.map(({ workload }) => workload).filter((name) => !isWorkload(name))).toEqual([])
})

test('tables leave out what nobody has, and never round up to all', () => {
  const table = tableOf('5000x50', [ours, uws])
  expect(table).toContain('99.99 ')
  expect(table).not.toContain('100')
  expect(table).not.toContain('p50')
  expect(ratiosTo('uws', [ours, uws])).toContain('0.45')
  expect(ratiosTo('socket.io', [ours, uws])).toBeNull()
})

test('a busy client, a busy machine and faults are said', () => {
  const busy = reading('uws', { clientCore: 0.95, othersCore: 0.2 })
  expect(remarks({ ...busy, faults: ['3 lines twice'] })).toEqual([
    '5000x50, uws: the client was the bottleneck, it used 0.95 of its core',
    '5000x50, uws: other programs used 0.20 of a core',
    '5000x50, uws: 3 lines twice',
  ])
  expect(remarks(reading('uws', { clientCore: 0.9, othersCore: 0.1 }))).toEqual([])
})
