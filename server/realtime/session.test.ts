import { expect, test } from 'vitest'
import { LIMITS } from '../../shared/protocol/index.ts'
import { settle } from '../test/clock.ts'
import { createWorld } from '../test/harness.ts'

const fast = { burst: 1_000, everyMs: 1 }
const unlimited = { limits: { commands: fast, say: fast, react: fast } }

const uuid = '00000000-0000-4000-8000-000000000000'

test.each([
  ['not JSON', 'hello'],
  ['an empty frame', ''],
  ['another command', JSON.stringify({ t: 'say', id: uuid, text: 'x' })],
  ['a hello with a field too many', JSON.stringify({ t: 'hello', pass: 'p', role: 'host' })],
  ['a hello without a pass', JSON.stringify({ t: 'hello' })],
])('C1 the first frame is %s: closed with 4400', (_, frame) => {
  const client = createWorld().connect()
  client.say(frame)
  expect(client.closed()).toMatchObject({ code: 4400 })
  expect(client.raw).toEqual([])
})

test('C1 without hello a socket is closed with 4401 after five seconds, with one it is not', async () => {
  const world = createWorld()
  const [mute, ada] = [world.connect(), await world.join('ada')]
  await world.clock.advance(LIMITS.helloMs - 1)
  expect(mute.closed()).toBeNull()
  await world.clock.advance(1)
  expect(mute.closed()).toMatchObject({ code: 4401 })
  expect(ada.closed()).toBeNull()
})

test('C1 a second hello, binary and non-JSON close a joined socket with 4400', async () => {
  const world = createWorld()
  const clients = [await world.join('ada'), await world.join('bob'), await world.join('cleo')] as const
  clients[0].hello({ pass: 'x' })
  clients[1].binary(new Uint8Array(3))
  clients[2].say('{')
  for (const client of clients) expect(client.closed()).toMatchObject({ code: 4400 })
})

test.each([
  ['unknown', {}, 4401, 'nonsense'],
  ['expired', { expiresAt: 1 }, 4401],
  ['of an ended session', { session: 'gone' }, 4401],
  ['of the session of another person', { session: 'session of hana' }, 4401],
  ['for no stream', { stream: uuid }, 4404],
])('C4 C5 a pass %s closes with its code', async (_, change, code, token?: string) => {
  const world = createWorld()
  const client = world.connect()
  client.hello({ pass: token ?? world.pass('ada', change) })
  await settle()
  expect(client.closed()).toMatchObject({ code })
  expect(client.raw).toEqual([])
})

test('C2 a join delivers the newest 50 entries, the pin, the own thread, slow mode and the pulse', async () => {
  const world = createWorld(unlimited)
  const [hana, ada] = [await world.join('hana'), await world.join('ada')]
  for (let i = 1; i <= 60; i++) await hana.ask({ t: 'say', text: `line ${i}` })
  const { id: target } = (await ada.ask({ t: 'say', text: 'pin me' })) as { id: string }
  await hana.ask({ t: 'pin', target })
  await ada.ask({ t: 'whisper', text: 'psst' })
  await hana.ask({ t: 'slow', seconds: 10 })
  await ada.ask({ t: 'react', emoji: '🔥' })
  const [welcome] = (await world.join('ada')).of('welcome')
  expect(welcome).toMatchObject({
    you: { name: 'ada', role: 'viewer', guest: true },
    stream: { slug: 'show', state: 'live', host: { name: 'hana' } },
    logs: [
      { log: 'room', seq: 63, recovered: false, reason: 'new' },
      { log: 'thread', seq: 1, entries: [{ event: { type: 'whispered', message: { text: 'psst' } } }] },
    ],
    pin: { text: 'pin me' },
    slowSeconds: 10,
    pulse: { viewers: 1, reactions: { '🔥': 1 } },
  })
  expect(welcome!.logs[0]!.entries.map(({ seq }) => seq)).toEqual(
    Array.from({ length: 50 }, (_, i) => 14 + i),
  )
})

test('C2 what is said while somebody joins reaches them once', async () => {
  const world = createWorld(unlimited)
  const hana = await world.join('hana')
  const joining = Array.from({ length: 15 }, (_, i) => {
    hana.send({ t: 'say', text: `before ${i}` })
    const late = world.join(`viewer ${i}`)
    hana.send({ t: 'say', text: `after ${i}` })
    return late
  })
  const clients = await Promise.all(joining)
  await settle()
  const truth = hana.entries('room').map(({ seq }) => seq)
  expect(truth).toHaveLength(30)
  for (const client of clients) expect(client.entries('room').map(({ seq }) => seq)).toEqual(truth)
})

test('C3 a client that comes back gets what it missed, live entries follow right after', async () => {
  const world = createWorld()
  const [hana, ada] = [await world.join('hana'), await world.join('ada')]
  await hana.ask({ t: 'say', text: 'one' })
  const { epoch } = ada.of('welcome')[0]!.logs[0]!
  ada.leave()
  await hana.ask({ t: 'say', text: 'two' })
  await hana.ask({ t: 'whisper', text: 'for you', to: world.person('ada') })
  const cursors = [
    { log: 'room' as const, epoch, seq: 1 },
    { log: 'thread' as const, epoch, seq: 0 },
  ]
  const back = await world.join('ada', { cursors })
  await hana.ask({ t: 'say', text: 'three' })
  expect(back.of('welcome')[0]!.logs.map(({ recovered }) => recovered)).toEqual([true, true])
  expect(back.entries('room').map(({ seq }) => seq)).toEqual([2, 3])
  expect(back.entries('thread').map(({ seq }) => seq)).toEqual([1])
})

test('C3 a resume of the inbox by somebody who is not the host resumes nothing', async () => {
  const world = createWorld()
  const bob = await world.join('bob')
  await bob.ask({ t: 'whisper', text: 'secret' })
  const { epoch } = bob.of('welcome')[0]!.logs[0]!
  const mona = await world.join('mona', { cursors: [{ log: 'inbox', epoch, seq: 0 }] })
  expect(mona.of('welcome')[0]!.logs.map(({ log }) => log)).toEqual(['room', 'thread'])
  expect(mona.raw.join()).not.toContain('secret')
})

test('L6 a message deleted while a client was away never reaches its wire', async () => {
  const world = createWorld()
  const [ada, bob] = [await world.join('ada'), await world.join('bob')]
  const { epoch } = bob.of('welcome')[0]!.logs[0]!
  bob.leave()
  const { id } = (await ada.ask({ t: 'say', text: 'secret words' })) as { id: string }
  await ada.ask({ t: 'say', text: 'an answer', replyTo: id })
  await ada.ask({ t: 'delete', target: id })
  const back = await world.join('bob', { cursors: [{ log: 'room', epoch, seq: 0 }] })
  const page = await back.ask({ t: 'read', log: 'room', from: 1, to: 3 })
  expect(page).toMatchObject({ t: 'page', entries: [{}, {}, { event: { type: 'deleted', target: id } }] })
  expect(back.entries('room')).toHaveLength(3)
  expect(back.raw.join()).not.toContain('secret')
})

test('C5 a socket is closed with 4401 when its pass runs out, unless it was renewed', async () => {
  const world = createWorld()
  const until = world.clock.now() + 60_000
  const stays = await world.join('ada', { pass: { expiresAt: until } })
  const goes = await world.join('bob', { pass: { expiresAt: until } })
  await world.clock.advance(59_000)
  expect(await stays.ask({ t: 'renew', pass: world.pass('ada') })).toMatchObject({ t: 'ok' })
  await world.clock.advance(1_000)
  expect(goes.closed()).toMatchObject({ code: 4401 })
  expect(stays.closed()).toBeNull()
  await world.clock.advance(600_000)
  expect(stays.closed()).toMatchObject({ code: 4401 })
})

test('C5 a pass of another person, stream or an ended session renews nothing', async () => {
  const world = createWorld()
  const other = world.stream('other', 'olga')
  const until = world.clock.now() + 60_000
  const ada = await world.join('ada', { pass: { expiresAt: until } })
  const passes = [
    [world.pass('bob'), 'not_allowed'],
    [world.pass('ada', { stream: other.id }), 'not_allowed'],
    [world.pass('ada', { session: 'gone' }), 'sign_in'],
    [world.pass('ada', { expiresAt: 1 }), 'sign_in'],
    ['nonsense', 'sign_in'],
  ] as const
  for (const [pass, code] of passes) expect(await ada.ask({ t: 'renew', pass })).toMatchObject({ code })
  await world.clock.advance(60_000)
  expect(ada.closed()).toMatchObject({ code: 4401 })
})

test('C6 a revoked session loses its sockets at once, and no socket that was joining gets in', async () => {
  const world = createWorld()
  const [ada, bob] = [await world.join('ada'), await world.join('bob')]
  const joining = Array.from({ length: 6 }, () => world.connect())
  for (const client of joining) {
    client.hello({ pass: world.pass('ada') })
    await Promise.resolve()
  }
  world.endSessions('ada', { session: 'session of ada' })
  await settle()
  expect(ada.closed()).toMatchObject({ code: 4401 })
  for (const client of joining) {
    expect(client.closed()).toMatchObject({ code: 4401 })
    expect(client.raw).toEqual([])
  }
  expect(bob.closed()).toBeNull()
})

test('C6 a socket runs on the session of the pass that renewed it', async () => {
  const world = createWorld()
  const ada = await world.join('ada')
  world.tables.sessions.set('desk', { principal: world.person('ada'), expiresAt: Infinity })
  await ada.ask({ t: 'renew', pass: world.pass('ada', { session: 'desk' }) })
  world.endSessions('ada', { except: 'desk' })
  await settle()
  expect(ada.closed()).toBeNull()
  world.endSessions('ada', { session: 'desk' })
  await settle()
  expect(ada.closed()).toMatchObject({ code: 4401 })
})

test('C7 a socket that drops a frame is closed with 4408 and hears nothing more', async () => {
  const world = createWorld()
  const ada = await world.join('ada')
  ada.stopReading()
  ada.send({ t: 'react', emoji: '🔥' })
  await settle()
  expect(ada.closed()).toMatchObject({ code: 4408 })
})

test('C8 too many commands are refused with the time to wait, then the socket is closed with 4429', async () => {
  const world = createWorld({ limits: { refusals: 3, react: fast } })
  const ada = await world.join('ada')
  for (let i = 0; i < 20; i++) ada.send({ t: 'react', emoji: '🔥' })
  const late = ada.send({ t: 'react', emoji: '🔥' })
  await settle()
  expect(ada.of('ok')).toHaveLength(20)
  expect(ada.of('err')).toMatchObject([{ re: late, code: 'rate_limited', retryAfterMs: 100 }])
  await world.clock.advance(100)
  expect(await ada.ask({ t: 'react', emoji: '🔥' })).toMatchObject({ t: 'ok' })
  for (let i = 0; i < 4; i++) ada.say('{')
  expect(ada.closed()).toEqual({ code: 4429, reason: 'too many commands or sockets retry_in_ms=5000' })
})

test('C8 public and private sends are limited apart, per person and not per socket', async () => {
  const world = createWorld()
  const [one, two] = [await world.join('ada'), await world.join('ada')]
  for (let i = 0; i < 5; i++) expect(await one.ask({ t: 'say', text: 'x' })).toMatchObject({ t: 'ok' })
  const refused = { t: 'err', code: 'rate_limited', retryAfterMs: 1_000 }
  expect(await two.ask({ t: 'say', text: 'x' })).toMatchObject(refused)
  for (let i = 0; i < 5; i++) expect(await two.ask({ t: 'whisper', text: 'x' })).toMatchObject({ t: 'ok' })
  expect(await one.ask({ t: 'whisper', text: 'x' })).toMatchObject(refused)
  expect(await (await world.join('bob')).ask({ t: 'say', text: 'x' })).toMatchObject({ t: 'ok' })
  await world.clock.advance(1_000)
  expect(await one.ask({ t: 'say', text: 'x' })).toMatchObject({ t: 'ok' })
})

test('C8 the ninth socket of a person in a stream is closed with 4429', async () => {
  const world = createWorld()
  const all = await Promise.all(Array.from({ length: 9 }, () => world.join('ada')))
  expect(all.map((client) => client.closed()?.code)).toEqual([...Array<undefined>(8).fill(undefined), 4429])
  all[0]!.leave()
  expect((await world.join('ada')).closed()).toBeNull()
  expect(world.first.chat.counts().sockets).toBe(8)
})

test('N3 welcome and pulse count people without the host', async () => {
  const world = createWorld()
  await world.join('hana')
  await world.join('ada')
  await world.join('ada')
  const bob = await world.join('bob')
  expect(bob.of('welcome')[0]!.pulse.viewers).toBe(2)
  bob.leave()
  expect(world.first.chat.viewers(world.show.id)).toBe(1)
})

test('a line that is silent hears a position every 15 to 25 seconds', async () => {
  const world = createWorld()
  const ada = await world.join('ada')
  await world.clock.advance(52_000)
  const rooms = ada.of('pos').filter(({ log }) => log === 'room')
  expect([2, 3]).toContain(rooms.length)
  expect(rooms[0]).toMatchObject({ epoch: ada.of('welcome')[0]!.logs[0]!.epoch, seq: 0 })
})

test('when everybody has left nothing is followed, subscribed or counted', async () => {
  const world = createWorld()
  const clients = [await world.join('hana'), await world.join('ada'), await world.join('bob')]
  const joining = world.connect()
  joining.hello({ pass: world.pass('cleo') })
  joining.leave()
  for (const client of clients) client.leave()
  await world.clock.advance(1_000)
  expect(world.first.chat.counts()).toEqual({ sockets: 0, logs: 0, slowCloses: 0, snapshots: 0 })
  expect(world.first.chat.viewers(world.show.id)).toBe(0)
  expect([...world.first.topics.values()].filter((peers) => peers.size > 0)).toEqual([])
  expect(joining.raw).toEqual([])
  expect(world.faults).toEqual([])
})

test('a stopping chat leaves no timer and nothing unwritten', async () => {
  const world = createWorld()
  const ada = await world.join('ada')
  ada.send({ t: 'say', text: 'bye' })
  await ada.ask({ t: 'react', emoji: '🔥' })
  ada.leave()
  await world.first.stop()
  expect(world.clock.timers()).toBe(0)
  expect(await world.journal.reactions(world.show.id)).toEqual({ '🔥': 1 })
})
