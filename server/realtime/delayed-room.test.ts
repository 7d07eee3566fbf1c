// The moderation delay as the people in a room see it (C20): nobody but host and moderators is ahead of it, by any way.
import { expect, test } from 'vitest'
import { OPEN_RULES } from '../../shared/protocol/index.ts'
import type { Frame } from '../../shared/protocol/index.ts'
import { settle } from '../test/clock.ts'
import { createWorld } from '../test/harness.ts'
import type { Client, World } from '../test/harness.ts'

const quick = { burst: 10_000, everyMs: 1 }
const limits = { commands: quick, say: quick, whisper: quick }
const rules = (delaySeconds: number) => ({ ...OPEN_RULES, delaySeconds })
const seqs = (client: Client) => client.entries('room').map(({ seq }) => seq)
const roomOf = (client: Client) => client.of('welcome')[0]!.logs[0]!
const say = async (client: Client, text: string) => {
  const answer = await client.ask({ t: 'say', text })
  if (answer.t !== 'ok') throw new Error(`refused: ${JSON.stringify(answer)}`)
  return answer.id ?? ''
}

async function delayed(seconds: number, before?: (world: World) => void) {
  const world = createWorld({ limits })
  world.tables.streams.set(world.show.id, { ...world.show, rules: rules(seconds) })
  world.moderator('mona')
  before?.(world)
  const [hana, mona, ada] = [await world.join('hana'), await world.join('mona'), await world.join('ada')]
  return { world, hana, mona, ada }
}

test('C20 host and moderators see a message at once, its author and all others by the delay later', async () => {
  const { world, hana, mona, ada } = await delayed(5)
  expect(await ada.ask({ t: 'say', text: 'hello' })).toMatchObject({ t: 'ok', log: 'room', seq: 1 })
  expect([hana, mona, ada].map(seqs)).toEqual([[1], [1], []])
  await world.clock.advance(4_999)
  expect(seqs(ada)).toEqual([])
  await world.clock.advance(1)
  expect([hana, mona, ada].map(seqs)).toEqual([[1], [1], [1]])
  expect(ada.of('entries')[0]!.entries[0]).toEqual(hana.of('entries')[0]!.entries[0])
})

test('C20 join, pages and positions end where everybody has been told', async () => {
  const { world, hana, ada } = await delayed(6)
  await say(hana, 'old')
  await world.clock.advance(6_000)
  await say(hana, 'new')
  const bob = await world.join('bob')
  expect(roomOf(bob)).toMatchObject({ seq: 1, entries: [{ seq: 1 }] })
  expect(roomOf(await world.join('mona'))).toMatchObject({ seq: 2, entries: [{ seq: 1 }, { seq: 2 }] })
  const page = (client: Client, from: number) => client.ask({ t: 'read', log: 'room', from, to: 100 })
  expect(await page(bob, 1)).toMatchObject({ t: 'page', entries: [{ seq: 1 }] })
  expect(await page(bob, 2)).toMatchObject({ t: 'page', entries: [] })
  expect(await page(hana, 2)).toMatchObject({ t: 'page', entries: [{ seq: 2 }] })
  for (let i = 0; i < 40; i++) {
    await say(hana, `${i}`)
    await world.clock.advance(1_000)
  }
  for (const viewer of [ada, bob]) {
    const ends = { told: roomOf(viewer).seq }
    const check = (frame: Frame) => {
      if (frame.t === 'entries' && frame.log === 'room') ends.told = frame.entries.at(-1)!.seq
      if (frame.t === 'pos' && frame.log === 'room') expect(frame.seq).toBe(ends.told)
    }
    viewer.frames().forEach(check)
    expect(viewer.of('pos').filter(({ log }) => log === 'room').length).toBeGreaterThan(0)
  }
})

test('C20 pin, slow mode and state are shown with the entries that set them', async () => {
  const { world, hana } = await delayed(4)
  const target = await say(hana, 'look')
  await hana.ask({ t: 'pin', target })
  await hana.ask({ t: 'slow', seconds: 30 })
  await world.first.append.act(null, world.show.id, { type: 'state', state: 'ended' })
  await settle()
  const shown = async (name: string) => {
    const { pin, slowSeconds, stream } = (await world.join(name)).of('welcome')[0]!
    return [pin?.id ?? null, slowSeconds, stream.state]
  }
  expect(await shown('bob')).toEqual([null, 0, 'live'])
  expect(await shown('mona')).toEqual([target, 30, 'ended'])
  await world.clock.advance(4_000)
  expect(await shown('cleo')).toEqual([target, 30, 'ended'])
})

test('C20 L6 a message deleted within the delay reaches viewers as a tombstone alone', async () => {
  const { world, hana, mona, ada } = await delayed(3)
  const target = await say(ada, 'a slur')
  await world.clock.advance(2_000)
  await mona.ask({ t: 'delete', target })
  const bob = await world.join('bob')
  await world.clock.advance(4_000)
  for (const viewer of [ada, bob]) {
    expect(seqs(viewer)).toEqual([1, 2])
    expect(viewer.raw.join()).not.toContain('a slur')
  }
  expect(hana.raw.join()).toContain('a slur')
})

test('C20 a pin that is deleted loses its text for everybody at once', async () => {
  const { world, hana } = await delayed(3)
  const target = await say(hana, 'regrets')
  await hana.ask({ t: 'pin', target })
  await world.clock.advance(3_000)
  await hana.ask({ t: 'delete', target })
  const bob = await world.join('bob')
  expect(bob.of('welcome')[0]).toMatchObject({ pin: { id: target, text: null } })
  expect(bob.raw.join()).not.toContain('regrets')
})

test('C20 a resume goes on where everybody is; a moderator no longer waits for the others', async () => {
  const { world, hana, mona, ada } = await delayed(5)
  await say(hana, 'one')
  await world.clock.advance(5_000)
  await say(hana, 'two')
  const { epoch } = roomOf(ada)
  ada.leave()
  const again = await world.join('ada', { cursors: [{ log: 'room', epoch, seq: 1 }] })
  expect(roomOf(again)).toMatchObject({ recovered: true, seq: 1, entries: [] })
  expect(seqs(mona)).toEqual([1, 2])
  await world.act('hana', { type: 'dismiss', target: world.person('mona') })
  await settle()
  expect(mona.closed()).toMatchObject({ code: 4409 })
  const viewer = await world.join('mona', { cursors: [{ log: 'room', epoch, seq: 2 }] })
  expect(viewer.raw).toEqual([])
  await world.clock.advance(5_000)
  expect(roomOf(viewer)).toMatchObject({ recovered: true, seq: 2, entries: [] })
  expect(seqs(again)).toEqual([2])
})

test('C20 a cursor from nowhere waits for nothing, and who hangs up while waiting is forgotten', async () => {
  const { world, hana, ada } = await delayed(6)
  await say(hana, 'one')
  const { epoch } = roomOf(ada)
  const forger = await world.join('bob', { cursors: [{ log: 'room', epoch, seq: 9_999 }] })
  expect(roomOf(forger)).toMatchObject({ recovered: false, reason: 'epoch', seq: 0, entries: [] })
  const waiting = await world.join('cleo', { cursors: [{ log: 'room', epoch, seq: 1 }] })
  waiting.leave()
  await world.clock.advance(6_000)
  expect(waiting.raw).toEqual([])
})

test('C20 another node that opens the room shows the end of it no earlier', async () => {
  const { world, hana } = await delayed(5)
  await say(hana, 'old')
  await world.clock.advance(5_000)
  const target = await say(hana, 'new')
  await hana.ask({ t: 'pin', target })
  await world.clock.advance(1_000)
  const far = await world.join('bob', { on: world.node() })
  expect(roomOf(far)).toMatchObject({ seq: 1, entries: [{ seq: 1 }] })
  expect(far.of('welcome')[0]!.pin).toBeNull()
  await world.clock.advance(3_999)
  expect(seqs(far)).toEqual([1])
  await world.clock.advance(1)
  expect(seqs(far)).toEqual([1, 2, 3])
})

test('C20 C15 a reader too slow for every entry gets snapshots of its own side', async () => {
  const { world, hana } = await delayed(4)
  for (const name of ['bob', 'mona'])
    for (let i = 0; i < 3; i++) {
      const client = await world.join(name)
      client.stopReading()
      await say(hana, `line for ${name}`)
      await world.clock.advance(4_000)
      expect(client.closed()).toMatchObject({ code: 1006 })
    }
  const [bob, mona] = [await world.join('bob'), await world.join('mona')]
  await say(hana, 'late')
  await world.clock.advance(1_000)
  expect(mona.of('snapshot').map(({ seq }) => seq)).toEqual([7])
  expect(bob.of('snapshot')).toEqual([])
  await world.clock.advance(4_000)
  expect(bob.of('snapshot').map(({ seq }) => seq)).toEqual([7])
  for (let i = 0; i < 62; i++) {
    await world.clock.advance(1_000)
    await say(hana, `${i}`)
  }
  await world.clock.advance(4_000)
  for (const client of [bob, mona]) {
    const { seq } = client.of('snapshot').find(({ live }) => live)!
    const live = client.of('entries').flatMap(({ log, entries }) => (log === 'room' ? entries : []))
    expect(live.map((entry) => entry.seq)).toEqual(Array.from({ length: 69 - seq }, (_, i) => seq + 1 + i))
  }
})

test('C20 a delay set while people are here begins with its own entry and ends at once', async () => {
  const world = createWorld({ limits })
  world.moderator('mona')
  const [hana, mona, ada] = [await world.join('hana'), await world.join('mona'), await world.join('ada')]
  await say(hana, 'free')
  expect(await hana.ask({ t: 'rules', rules: rules(6) })).toMatchObject({ t: 'ok' })
  await say(hana, 'waits')
  expect([hana, mona, ada].map(seqs)).toEqual([[1, 2, 3], [1, 2, 3], [1]])
  expect((await world.join('bob')).of('welcome')[0]!.rules.delaySeconds).toBe(0)
  expect(await hana.ask({ t: 'rules', rules: rules(0) })).toMatchObject({ t: 'ok' })
  await say(hana, 'free again')
  for (const client of [hana, mona, ada]) expect(seqs(client)).toEqual([1, 2, 3, 4, 5])
})

test('C20 nothing waits any longer for a room that everybody left', async () => {
  const { world, hana, mona, ada } = await delayed(6)
  await say(hana, 'bye')
  for (const client of [hana, mona, ada]) client.leave()
  await world.first.stop()
  await settle()
  expect(world.clock.timers()).toBe(0)
})
