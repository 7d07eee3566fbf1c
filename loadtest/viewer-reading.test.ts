import { expect, test } from 'vitest'
import type { Entry, Frame, LogWelcome, Welcome } from '../shared/protocol/index.ts'
import { OPEN_RULES } from '../shared/protocol/rules.ts'
import type { Totals } from './k6/lines.ts'
import { createMarks } from './k6/marks.ts'
import { createMeter } from './k6/meter.ts'
import { createReading } from './k6/reading.ts'
import { createLook, createStamps } from './k6/room.ts'

const marks = createMarks('0123456789abcdef')
const HOST = 'host-id'
const at = 1_795_291_200_000

function reader(index = 3, options: { thorough?: boolean; leads?: boolean } = {}) {
  const meter = createMeter(0, 1)
  const seat = { index, url: '', name: '', principal: `viewer-${index}`, cookie: '', pass: '' }
  const deps = { seat, meter, marks, look: createLook(createStamps(marks)), inspects: true }
  const reading = createReading({
    ...deps,
    thorough: options.thorough ?? false,
    leads: options.leads ?? true,
  })
  return {
    total: meter.total satisfies Totals,
    reading,
    /** As it comes from the socket, `late` ms after it was sent. */
    gets(frame: Frame, late = 0) {
      const text = JSON.stringify(frame)
      if (!reading.took(text, at + late)) reading.rare(frame, at + late)
    },
    welcome: (again: boolean, ...logs: Partial<LogWelcome>[]) => reading.welcome(welcomeOf(logs), again),
  }
}

const welcomeOf = (logs: Partial<LogWelcome>[]): Welcome => ({
  t: 'welcome',
  you: { id: 'v', name: 'V', role: 'viewer', guest: true },
  stream: { slug: 's', title: 'S', state: 'live', host: { id: HOST, name: 'Hana' } },
  logs: logs.map((log) => ({ log: 'room', epoch: 'e', seq: 10, recovered: false, entries: [], ...log })),
  pin: null,
  slowSeconds: 0,
  rules: OPEN_RULES,
  pulse: { viewers: 1, reactions: { x: 5 } },
  passExpiresAt: at,
  now: at,
})
const message = (seq: number, author: string, text: string) => ({
  id: `id-${seq}`,
  author: { id: author, name: 'A', role: 'viewer' as const },
  text,
  at,
})
const said = (seq: number, text = marks.text('p', 9, seq, at)): Entry => ({
  seq,
  at,
  event: { type: 'said', message: message(seq, 'a', text) },
})
const whispered = (seq: number, author: string, text: string): Entry => ({
  seq,
  at,
  event: { type: 'whispered', viewer: { id: 'v', name: 'V' }, message: message(seq, author, text) },
})
const room = (...entries: Entry[]): Frame => ({ t: 'entries', log: 'room', epoch: 'e', entries })
const thread = (...entries: Entry[]): Frame => ({ t: 'entries', log: 'thread', epoch: 'e', entries })

test('entries are counted from the welcome on, with how long each took', () => {
  const { welcome, gets, total, reading } = reader()
  welcome(false, {}, { log: 'thread', seq: 0 })
  gets(room(said(11), said(12)), 30)
  gets(room(said(13)), 40)
  expect(total).toMatchObject({ began: 10, seen: 3, top: 13, errors: {} })
  expect(reading.cursors()).toEqual([
    { log: 'room', epoch: 'e', seq: 13 },
    { log: 'thread', epoch: 'e', seq: 0 },
  ])
})

test('holes, doubles and frames that are not what they were are errors', () => {
  const { welcome, gets, total } = reader(3, { thorough: true })
  welcome(false, {})
  gets(room(said(12)))
  gets(room(said(12)))
  gets(room(said(13), said(15)))
  expect(total.errors).toEqual({ 'missed in room': 1, 'doubled in room': 1, 'bent frame': 1 })
})

test('a private message of somebody else is a foreign frame, wherever it shows', () => {
  const { welcome, gets, total } = reader()
  welcome(false, {}, { log: 'thread', seq: 0 })
  gets(room(said(11, marks.text('w', 4, 0, at))))
  gets(thread(whispered(1, HOST, marks.text('w', 4, 1, at))))
  gets({ t: 'err', code: 'bad_request', says: marks.text('w', 4, 1, at) })
  expect(total).toMatchObject({ foreign: 3, framesInspected: 3 })
})

test("one's own conversation is not foreign, and the host may see all", () => {
  const viewer = reader()
  viewer.welcome(false, {}, { log: 'thread', seq: 0 })
  viewer.gets(thread(whispered(1, 'viewer-3', marks.text('w', 3, 0, at))))
  viewer.gets(thread(whispered(2, HOST, marks.text('w', 3, 1, at))))
  expect(viewer.total).toMatchObject({ foreign: 0, framesInspected: 2, whispersRead: 1, errors: {} })
  const host = reader(-1)
  host.welcome(false, {}, { log: 'inbox', seq: 0 })
  host.gets({
    t: 'entries',
    log: 'inbox',
    epoch: 'e',
    entries: [whispered(1, 'v', marks.text('w', 3, 0, at))],
  })
  expect(host.total).toMatchObject({ foreign: 0, framesInspected: 0, whispersRead: 1, seen: 0 })
})

test('a return that goes on where it stopped is complete; one that does not is counted as what it is', () => {
  const whole = reader()
  whole.welcome(false, {})
  whole.welcome(true, { recovered: true, seq: 12, entries: [said(11), said(12)] })
  expect(whole.total).toMatchObject({ resumed: 1, replaced: 0, seen: 2, errors: {} })
  const holed = reader()
  holed.welcome(false, {})
  holed.welcome(true, { recovered: true, seq: 12, entries: [said(12)] })
  expect(holed.total).toMatchObject({ resumed: 1, seen: 1, errors: { 'missed in room': 1 } })
  const torn = reader()
  torn.welcome(false, {})
  torn.welcome(true, { recovered: true, seq: 13, entries: [said(11), said(13)] })
  expect(torn.total.errors).toEqual({ 'resume left a hole in room': 1 })
  const replaced = reader()
  replaced.welcome(false, {})
  replaced.welcome(true, { recovered: false, reason: 'too_many', seq: 900 })
  expect(replaced.total).toMatchObject({ resumed: 0, replaced: 1, seen: 0, top: 900 })
})

test('a private log that lost an entry over a return is an error', () => {
  const { welcome, total } = reader()
  welcome(false, {}, { log: 'thread', seq: 2 })
  welcome(true, { recovered: true }, { log: 'thread', recovered: true, seq: 3, entries: [] })
  expect(total.errors).toEqual({ 'resume left a hole in thread': 1 })
})

test('totals of reactions are read by one of many, from where they began', () => {
  const leader = reader()
  const other = reader(4, { leads: false })
  for (const { welcome, gets } of [leader, other]) {
    welcome(false, {})
    gets({ t: 'pulse', viewers: 2, reactions: { x: 7, y: 1 } })
  }
  expect([leader.total.reactsTold, other.total.reactsTold]).toEqual([3, 0])
})
