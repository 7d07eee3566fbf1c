import { describe, expect, test } from 'vitest'
import { pair } from '../../adapters/memory/tables.ts'
import { LIMITS } from '../../../shared/protocol/index.ts'
import { settle } from '../../test/clock.ts'
import { createWorld } from '../../test/harness.ts'
import type { Client } from '../../test/harness.ts'

const stranger = '00000000-0000-4000-8000-000000000000'

async function cast(world = createWorld()) {
  world.moderator('mona')
  const [hana, mona] = [await world.join('hana'), await world.join('mona')]
  const [ada, bob] = [await world.join('ada'), await world.join('bob')]
  return { world, hana, mona, ada, bob, id: (name: string) => world.person(name) }
}
async function said(by: Client, text: string): Promise<string> {
  const ok = await by.ask({ t: 'say', text })
  if (ok.t !== 'ok') throw new Error('a say was refused')
  return ok.id ?? ''
}
async function whispered(by: Client, text: string, to?: string): Promise<string> {
  const ok = await by.ask({ t: 'whisper', text, ...(to ? { to } : {}) })
  if (ok.t !== 'ok') throw new Error('a whisper was refused')
  return ok.id ?? ''
}
/** What is left of an answer when the question is forgotten. */
const withoutRe = (answer: object) => ({ ...answer, re: null })
const events = (client: Client, log: 'room' | 'thread' | 'inbox') =>
  client.entries(log).map(({ event }) => event.type)

describe('whisper', () => {
  test('L1 P1 a private message lands in the thread of its viewer and the inbox, nothing of it elsewhere', async () => {
    const { hana, mona, ada, bob, id } = await cast()
    expect(await bob.ask({ t: 'whisper', text: 'from bob' })).toMatchObject({ log: 'thread', seq: 1 })
    expect(await ada.ask({ t: 'whisper', text: 'from ada' })).toMatchObject({ log: 'thread', seq: 1 })
    // The host is told the place in its own order, a viewer never: the inbox counts everybody's secrets.
    expect(await hana.ask({ t: 'whisper', text: 'to ada', to: id('ada') })).toMatchObject({
      log: 'inbox',
      seq: 3,
    })
    await settle()
    const texts = (client: Client, log: 'thread' | 'inbox') =>
      client.entries(log).map(({ event }) => event.type === 'whispered' && event.message.text)
    expect(texts(ada, 'thread')).toEqual(['from ada', 'to ada'])
    expect(texts(bob, 'thread')).toEqual(['from bob'])
    expect(texts(hana, 'inbox')).toEqual(['from bob', 'from ada', 'to ada'])
    expect(ada.raw.join()).not.toContain('from bob')
    expect(bob.raw.join()).not.toMatch(/from ada|to ada/)
    expect(mona.raw.join()).not.toMatch(/from|to ada/)
    expect(ada.raw.join() + bob.raw.join() + mona.raw.join()).not.toContain('inbox')
  })

  test('P3 a viewer whispers to the host alone, a moderator too; the host to one viewer, never to itself', async () => {
    const { hana, mona, ada, id } = await cast()
    for (const client of [ada, mona])
      for (const to of [id('bob'), id('hana'), id('ada'), stranger])
        expect(await client.ask({ t: 'whisper', text: 'x', to })).toMatchObject({
          code: 'not_allowed',
          field: 'to',
        })
    expect(await hana.ask({ t: 'whisper', text: 'x' })).toMatchObject({ code: 'bad_request', field: 'to' })
    expect(await hana.ask({ t: 'whisper', text: 'x', to: id('hana') })).toMatchObject({ code: 'not_allowed' })
    expect(await hana.ask({ t: 'whisper', text: 'x', to: stranger })).toMatchObject({ code: 'not_found' })
  })
})

describe('sending', () => {
  test('M3 the same cmid again gives the first result and no second entry; other words are refused', async () => {
    const { ada, bob, hana } = await cast()
    const id = '11111111-1111-4111-8111-111111111111'
    const first = await ada.ask({ t: 'say', id, text: 'once' })
    ada.send({ t: 'say', id, text: 'once' })
    ada.send({ t: 'say', id, text: 'twice' })
    ada.send({ t: 'whisper', id, text: 'once' })
    await settle()
    expect(ada.of('ok')).toEqual([first, { ...first, dup: true }])
    expect(ada.of('err').map(({ code }) => code)).toEqual(['idempotency_mismatch', 'idempotency_mismatch'])
    // The id is its sender's: to somebody else it says nothing.
    expect(await bob.ask({ t: 'say', id, text: 'mine' })).toMatchObject({ t: 'ok', seq: 2 })
    expect(hana.entries('room')).toHaveLength(2)
  })

  test('M4 a text that may not be is refused by field, and nothing is sent', async () => {
    const { ada, hana } = await cast()
    const refused = [
      [' ', 'text_empty'],
      ['a\u0000b', 'text_forbidden'],
      ['x'.repeat(501), 'text_too_long'],
    ] as const
    for (const [text, code] of refused)
      expect(await ada.ask({ t: 'say', text })).toMatchObject({ code, field: 'text' })
    expect(hana.of('entries')).toEqual([])
  })

  test('P10 a frame that names what is the server’s is refused whole', async () => {
    const { ada, hana } = await cast()
    const id = '11111111-1111-4111-8111-111111111111'
    for (const extra of ['role', 'sender', 'seq', 'at', 'viewer'])
      ada.say(JSON.stringify({ t: 'say', id, text: 'x', [extra]: 1 }))
    await settle()
    expect(ada.of('err').map(({ re, code }) => [re, code])).toEqual(Array(5).fill([id, 'bad_request']))
    expect(hana.of('entries')).toEqual([])
  })

  test('M7 a reply quotes a message of the same conversation only', async () => {
    const { ada, bob, hana, id } = await cast()
    const open = await said(ada, 'open')
    const secret = await whispered(bob, 'secret')
    expect(await bob.ask({ t: 'say', text: 'yes', replyTo: open })).toMatchObject({ t: 'ok' })
    expect(hana.entries('room').at(-1)).toMatchObject({
      event: { message: { replyTo: { name: 'ada', text: 'open' } } },
    })
    const no = { code: 'reply_not_here' }
    for (const replyTo of [secret, stranger])
      expect(await ada.ask({ t: 'say', text: 'x', replyTo })).toMatchObject(no)
    expect(await bob.ask({ t: 'say', text: 'x', replyTo: secret })).toMatchObject(no)
    expect(await ada.ask({ t: 'whisper', text: 'x', replyTo: secret })).toMatchObject(no)
    expect(await hana.ask({ t: 'whisper', text: 'x', to: id('ada'), replyTo: secret })).toMatchObject(no)
    expect(await hana.ask({ t: 'whisper', text: 'x', to: id('bob'), replyTo: secret })).toMatchObject({
      t: 'ok',
    })
  })

  test('M8 P6 slow mode is the host’s; it holds viewers, says how long, and leaves host and moderators alone', async () => {
    const { world, hana, mona, ada } = await cast()
    for (const client of [ada, mona])
      expect(await client.ask({ t: 'slow', seconds: 30 })).toMatchObject({ code: 'not_allowed' })
    await hana.ask({ t: 'slow', seconds: 30 })
    for (const client of [ada, mona, mona, hana, hana]) await said(client, 'x')
    await world.clock.advance(10_000)
    expect(await ada.ask({ t: 'say', text: 'y' })).toMatchObject({ code: 'slow_mode', retryAfterMs: 20_000 })
    expect(await ada.ask({ t: 'whisper', text: 'y' })).toMatchObject({ t: 'ok' })
    await world.clock.advance(20_000)
    expect(await ada.ask({ t: 'say', text: 'y' })).toMatchObject({ t: 'ok' })
  })

  test('M9 after the end the chat stays open for five minutes', async () => {
    const { world, ada } = await cast()
    await world.first.append.act(null, world.show.id, { type: 'state', state: 'ended' })
    await world.clock.advance(LIMITS.goodbyeMs - 1)
    await said(ada, 'bye')
    await world.clock.advance(1)
    for (const command of [
      { t: 'say', text: 'x' },
      { t: 'whisper', text: 'x' },
      { t: 'react', emoji: '🔥' },
    ] as const)
      expect(await ada.ask(command)).toMatchObject({ code: 'stream_ended' })
    expect(await ada.ask({ t: 'read', log: 'room', from: 1, to: 9 })).toMatchObject({ t: 'page' })
    const [late] = (await world.join('bob')).of('welcome')
    expect(late?.stream.state).toBe('ended')
  })

  test('L5 the time in a log never goes back when the clock does', async () => {
    const { world, ada, hana } = await cast()
    await said(ada, 'one')
    world.clock.step(-3_600_000)
    await said(ada, 'two')
    const [one, two] = hana.entries('room')
    expect(two!.at).toBeGreaterThanOrEqual(one!.at)
    expect([one!.seq, two!.seq]).toEqual([1, 2])
  })
})

describe('delete', () => {
  test('P5 P8 the author its own, moderators any public one, the host any; the unseen is as if it were not', async () => {
    const { hana, mona, ada, bob, id } = await cast()
    const open = await Promise.all([1, 2, 3].map((n) => said(ada, `open ${n}`)))
    const secret = [await whispered(ada, 'secret 1'), await whispered(ada, 'secret 2')]
    const answer = await whispered(hana, 'answer', id('ada'))
    const remove = async (by: Client, target: string) => {
      const frame = await by.ask({ t: 'delete', target })
      return frame.t === 'err' ? frame.code : frame
    }
    expect(await remove(bob, open[0]!)).toBe('not_allowed')
    for (const client of [bob, mona])
      for (const target of [secret[0]!, answer, stranger])
        expect(await remove(client, target)).toBe('not_found')
    expect(await remove(ada, answer)).toBe('not_allowed')
    expect(await remove(ada, open[0]!)).toMatchObject({ log: 'room', seq: 4 })
    expect(await remove(mona, open[1]!)).toMatchObject({ log: 'room', seq: 5 })
    expect(await remove(hana, open[2]!)).toMatchObject({ log: 'room', seq: 6 })
    expect(await remove(ada, secret[0]!)).toMatchObject({ log: 'thread', seq: 4 })
    expect(await remove(hana, secret[1]!)).toMatchObject({ log: 'inbox', seq: 5 })
    expect(await remove(hana, secret[1]!)).toMatchObject({ dup: true })
    const page = await ada.ask({ t: 'read', log: 'thread', from: 1, to: 99 })
    expect(page).toMatchObject({ entries: [{}, {}, { event: { message: { text: 'answer' } } }, {}, {}] })
    expect(JSON.stringify(page)).not.toContain('secret')
  })

  test('N1 L6 pinning another replaces the pin; deleting the pinned one clears it', async () => {
    const { world, mona, hana, ada } = await cast()
    const [one, two] = [await said(ada, 'one'), await said(ada, 'two words')]
    for (const target of [one, two]) await mona.ask({ t: 'pin', target })
    expect((await world.join('cleo')).of('welcome')[0]!.pin).toMatchObject({ id: two })
    await hana.ask({ t: 'delete', target: two })
    await settle()
    expect(events(ada, 'room')).toEqual(['said', 'said', 'pinned', 'pinned', 'deleted', 'unpinned'])
    const late = await world.join('dora')
    expect(late.of('welcome')[0]!.pin).toBeNull()
    expect(late.raw.join()).not.toContain('two words')
  })
})

describe('pin', () => {
  test('P4 P8 only host and moderators pin, only a public message that exists; a secret is like nothing', async () => {
    const { world, mona, hana, ada, bob } = await cast()
    const other = world.stream('other', 'olga')
    const olga = await world.join('olga', { pass: { stream: other.id } })
    const [open, gone, secret] = [await said(ada, 'a'), await said(ada, 'b'), await whispered(bob, 'c')]
    const foreign = await said(olga, 'd')
    await ada.ask({ t: 'delete', target: gone })
    expect(await ada.ask({ t: 'pin', target: open })).toMatchObject({ code: 'not_allowed' })
    expect(await olga.ask({ t: 'pin', target: open })).toMatchObject({ code: 'pin_not_public' })
    const pinned = async (by: Client, target: string) =>
      JSON.stringify(withoutRe(await by.ask({ t: 'pin', target })))
    const nothing = await pinned(mona, stranger)
    expect(nothing).toContain('not_found')
    expect(await pinned(mona, secret)).toBe(nothing)
    // What they may see, tombstones and other rooms included, they are told why.
    for (const target of [gone, foreign]) expect(await pinned(mona, target)).toContain('pin_not_public')
    for (const target of [secret, gone, foreign])
      expect(await pinned(hana, target)).toContain('pin_not_public')
    expect(await mona.ask({ t: 'pin', target: open })).toMatchObject({ log: 'room' })
    expect(await mona.ask({ t: 'pin', target: open })).toMatchObject({ dup: true })
    expect(await ada.ask({ t: 'unpin' })).toMatchObject({ code: 'not_allowed' })
    expect(await hana.ask({ t: 'unpin' })).toMatchObject({ log: 'room' })
  })
})

describe('read', () => {
  test('P1 P2 P8 a viewer reads the room and its own thread; other logs answer like no log at all', async () => {
    const { mona, hana, ada, bob, id } = await cast()
    await said(ada, 'open')
    await whispered(bob, 'secret')
    const read = (by: Client, log: 'room' | 'thread' | 'inbox', viewer?: string) =>
      by.ask({ t: 'read', log, from: 0, to: 9, ...(viewer ? { viewer } : {}) })
    expect(await read(ada, 'room')).toMatchObject({ t: 'page', log: 'room', entries: [{ seq: 1 }] })
    expect(await read(bob, 'thread')).toMatchObject({ entries: [{ seq: 1 }] })
    expect(await read(hana, 'thread', id('bob'))).toMatchObject({ viewer: id('bob'), entries: [{ seq: 1 }] })
    expect(await read(hana, 'inbox')).toMatchObject({ entries: [{ seq: 1 }] })
    for (const client of [ada, mona]) {
      const answers = [
        await read(client, 'thread', id('bob')),
        await read(client, 'thread', stranger),
        await read(client, 'inbox'),
      ].map((answer) => JSON.stringify(withoutRe(answer)))
      expect(new Set(answers).size).toBe(1)
      expect(answers[0]).toContain('not_found')
    }
    expect(mona.raw.join()).not.toContain('secret')
  })

  test('a page has at most 100 entries, from where it was asked; a range that ends before it starts is refused', async () => {
    const limits = { commands: { burst: 1_000, everyMs: 1 }, say: { burst: 1_000, everyMs: 1 } }
    const { ada } = await cast(createWorld({ limits }))
    for (let i = 0; i < 130; i++) await said(ada, `${i}`)
    const page = await ada.ask({ t: 'read', log: 'room', from: 11, to: Number.MAX_SAFE_INTEGER })
    const seqs = (page as { entries: { seq: number }[] }).entries.map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: 100 }, (_, i) => 11 + i))
    expect(await ada.ask({ t: 'read', log: 'room', from: 5, to: 4 })).toMatchObject({
      code: 'bad_request',
      field: 'to',
    })
    expect(await ada.ask({ t: 'read', log: 'room', from: 900, to: 999 })).toMatchObject({ entries: [] })
  })
})

describe('rights that end', () => {
  test('P7 C4 a banned person is refused the next command and loses the socket; no pass brings it back', async () => {
    const commands = [
      { t: 'say', text: 'x' },
      { t: 'whisper', text: 'x' },
      { t: 'delete', target: stranger },
      { t: 'read', log: 'room', from: 1, to: 2 },
      { t: 'react', emoji: '🔥' },
    ] as const
    for (const command of commands) {
      const { world, ada } = await cast()
      world.ban('ada')
      expect(await ada.ask(command)).toMatchObject({ code: 'banned' })
      expect(ada.closed()).toMatchObject({ code: 4403 })
      expect((await world.join('ada')).closed()).toMatchObject({ code: 4403 })
    }
  })

  test('P7 the refusal says why and for how long, as far as somebody said', async () => {
    const { world, ada } = await cast()
    const until = world.clock.now() + 60_000
    world.tables.bans.set(pair(world.show.id, world.person('ada')), { until, reason: 'spam' })
    expect(await ada.ask({ t: 'react', emoji: '🔥' })).toMatchObject({
      code: 'banned',
      reason: 'spam',
      retryAfterMs: 60_000,
    })
  })

  test('C4 a moderator who is one no more is refused the next pin', async () => {
    const { world, mona, ada } = await cast()
    const target = await said(ada, 'x')
    world.tables.moderators.clear()
    expect(await mona.ask({ t: 'pin', target })).toMatchObject({ code: 'not_allowed' })
  })
})

test('P13 words about somebody that cannot be kept are refused by the name of their field', async () => {
  const { hana, id } = await cast()
  const target = id('bob')
  const long = 'x'.repeat(201)
  const refused = { t: 'err', code: 'text_too_long' }
  expect(await hana.ask({ t: 'ban', target, reason: long })).toMatchObject({ ...refused, field: 'reason' })
  expect(await hana.ask({ t: 'timeout', target, seconds: 60, reason: 'a\u0000b' })).toMatchObject({
    code: 'text_forbidden',
    field: 'reason',
  })
  expect(await hana.ask({ t: 'report', target, reason: 'spam', note: long })).toMatchObject({
    ...refused,
    field: 'note',
  })
  expect(await hana.ask({ t: 'note', target, text: ' ' })).toMatchObject({
    code: 'text_empty',
    field: 'text',
  })
  expect(await hana.ask({ t: 'ban', target, reason: ' ' })).toMatchObject({ t: 'ok' })
})

describe('N2 react', () => {
  test('adds to the totals of everybody, and no entry', async () => {
    const { world, ada, bob } = await cast()
    await ada.ask({ t: 'react', emoji: '🔥' })
    await bob.ask({ t: 'react', emoji: '🔥' })
    await world.clock.advance(1_000)
    expect(bob.of('pulse').at(-1)).toEqual({ t: 'pulse', viewers: 3, reactions: { '🔥': 2 } })
    expect(ada.of('entries')).toEqual([])
    expect(JSON.stringify(bob.of('pulse'))).not.toContain(world.person('ada'))
    expect(await world.journal.reactions(world.show.id)).toEqual({ '🔥': 2 })
  })

  test('has its own pace', async () => {
    const { ada } = await cast()
    for (let i = 0; i < 10; i++) expect(await ada.ask({ t: 'react', emoji: '🔥' })).toMatchObject({ t: 'ok' })
    expect(await ada.ask({ t: 'react', emoji: '🔥' })).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 200,
    })
    expect(await ada.ask({ t: 'say', text: 'still here' })).toMatchObject({ t: 'ok' })
  })
})
