import fc from 'fast-check'
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

const frameOf = (given: Welcome) => Buffer.from(encodeWelcome(given)).toString()
/** As the encoder orders it. */
const plain = ({ t, logs, ...rest }: Welcome) => JSON.stringify({ t, logs, ...rest })

test('C18 a welcome of kept pieces is what JSON makes of it, byte for byte, again and again', () => {
  const long = Array.from({ length: 200 }, (_, i) => said(i + 1, 'ü👏'.repeat(200)))
  const large: Welcome = { ...welcome, logs: welcome.logs.map((log) => ({ ...log, entries: long })) }
  expect(plain(large).length).toBeGreaterThan(2 * 64 * 1_024)
  const pulse = { viewers: 9, reactions: { '👏': 3 } }
  // A short one behind a long one: nothing of what was there before is in it.
  for (const given of [
    welcome,
    { ...welcome, pulse },
    large,
    { ...welcome, logs: welcome.logs.slice(1) },
    welcome,
  ])
    expect(frameOf(given)).toBe(plain(given))
})

test('C18 whatever is in a welcome, it is what JSON makes of it', () => {
  const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 })
  fc.assert(
    fc.property(texts, fc.string({ unit: 'binary' }), (some, title) => {
      const log = { ...welcome.logs[0]!, entries: some.map((words, i) => said(i, words)) }
      const given = { ...welcome, stream: { ...welcome.stream, title }, logs: [log, log] }
      expect(frameOf(given)).toBe(plain(given))
    }),
  )
})

test('C3 the size of entries is their size on the wire', () => {
  for (const some of [entries, entries.slice(1), []])
    expect(bytesOf(some)).toBe(Buffer.byteLength(JSON.stringify(some)))
})

test('L6 what was kept of a deleted text is not sent again', () => {
  const secret = said(4, 'secret')
  const frame = (entry: Entry) =>
    frameOf({
      ...welcome,
      logs: [{ log: 'room', epoch: 'e', seq: 4, recovered: true, entries: [entry] }],
    })
  expect(frame(secret)).toContain('secret')
  expect(frame(withoutText(secret, 'm4'))).not.toContain('secret')
})
