import { expect, test } from 'vitest'
import { OPEN_RULES } from '../../shared/protocol/index.ts'
import type { Entry, Welcome } from '../../shared/protocol/index.ts'
import { withoutText } from '../domain/tombstone.ts'
import { bytesOf, encodeWelcome } from './encoded.ts'

const said = (seq: number, text: string): Entry => {
  const author = { id: 'a', name: 'A "quoted" name', role: 'viewer' } as const
  return { seq, at: seq, event: { type: 'said', message: { id: `m${seq}`, author, text, at: seq } } }
}
const entries = [said(1, 'plain'), said(2, 'ü 👨‍👩‍👧 "},{"seq":9'), said(3, '\u2028 \\ \n')]
const welcome: Welcome = {
  t: 'welcome',
  you: { id: 'b', name: 'B', role: 'viewer', guest: true },
  stream: { slug: 's', title: 'S', state: 'live', host: { id: 'h', name: 'H' } },
  logs: [
    { log: 'room', epoch: 'e1', seq: 3, recovered: true, entries },
    { log: 'thread', epoch: 'e1', seq: 0, recovered: false, reason: 'new', entries: [] },
  ],
  pin: null,
  slowSeconds: 0,
  rules: OPEN_RULES,
  pulse: { viewers: 1, reactions: {} },
  passExpiresAt: 1,
  now: 2,
}

test('C18 a welcome of kept pieces says what the frame says, again and again', () => {
  for (let times = 0; times < 2; times++) expect(JSON.parse(encodeWelcome(welcome))).toEqual(welcome)
})

test('C3 the size of entries is their size on the wire', () => {
  for (const some of [entries, entries.slice(1), []])
    expect(bytesOf(some)).toBe(Buffer.byteLength(JSON.stringify(some)))
})

test('L6 what was kept of a deleted text is not sent again', () => {
  const secret = said(4, 'secret')
  const frame = (entry: Entry) =>
    encodeWelcome({
      ...welcome,
      logs: [{ log: 'room', epoch: 'e', seq: 4, recovered: true, entries: [entry] }],
    })
  expect(frame(secret)).toContain('secret')
  expect(frame(withoutText(secret, 'm4'))).not.toContain('secret')
})
