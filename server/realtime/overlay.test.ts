import { expect, test } from 'vitest'
import { OPEN_RULES } from '../../shared/protocol/index.ts'
import type { Request } from '../../shared/protocol/index.ts'
import type { Overlays } from '../app/overlay-ports.ts'
import { settle } from '../test/clock.ts'
import { createWorld, type Client, type World } from '../test/harness.ts'

const key = (world: World, ...[hash = 'key']: string[]) =>
  world.overlays.set(world.person('hana'), world.show.id, hash)

async function overlay(world: World, on = world.first): Promise<Client> {
  const client = world.connect(on)
  client.hello({ pass: await world.overlayPass() })
  await settle()
  return client
}

/** A stage on which everything that is not public has happened, and goes on happening. */
async function stage() {
  const world = createWorld()
  await key(world)
  world.moderator('mona')
  const [hana, mona, ada] = [await world.join('hana'), await world.join('mona'), await world.join('ada')]
  const rules = (change: object) => hana.ask({ t: 'rules', rules: { ...OPEN_RULES, ...change } })
  async function secrets(when: string) {
    await ada.ask({ t: 'whisper', text: `${when} secret of ada` })
    await hana.ask({ t: 'whisper', text: `${when} secret of hana`, to: world.person('ada') })
    await rules({ review: true })
    await ada.ask({ t: 'say', text: `${when} held secret` })
    await rules({})
    const { id } = (await ada.ask({ t: 'say', text: `${when} removed secret` })) as { id: string }
    await mona.ask({ t: 'delete', target: id })
    await mona.ask({ t: 'note', target: world.person('ada'), text: `${when} noted secret` })
    await mona.ask({
      t: 'timeout',
      target: world.person('ada'),
      seconds: 60,
      reason: `${when} secret reason`,
    })
    await mona.ask({ t: 'lift', target: world.person('ada') })
  }
  return { world, hana, ada, rules, secrets }
}

test('P36 an overlay is given the public room alone: at join, live, by pages', async () => {
  const { world, ada, secrets } = await stage()
  await secrets('early')
  await ada.ask({ t: 'say', text: 'public before' })
  const shown = await overlay(world)
  const before = shown.raw.length
  await ada.ask({ t: 'say', text: 'public after' })
  await world.act('ada', { type: 'report', target: ada.of('ok').at(-1)?.id ?? '', reason: 'spam' })
  const page = await shown.ask({ t: 'read', log: 'room', from: 1, to: 100 })
  const welcome = shown.of('welcome')[0]
  expect(welcome?.logs.map(({ log }) => log)).toEqual(['room'])
  expect(welcome?.you).toEqual({ id: '', name: 'Overlay', role: 'overlay', guest: true })
  const all = shown.raw.join('\n')
  expect(all).toContain('public before')
  expect(all).toContain('public after')
  expect(JSON.stringify(page)).toContain('public before')
  expect(all).not.toContain('secret')
  expect(shown.raw.length).toBe(before + 2)
  await secrets('late')
  // The removed one was public until it was removed.
  const later = shown.raw.slice(before + 2).join('\n')
  for (const secret of ['secret of', 'held secret', 'noted secret', 'secret reason'])
    expect(later).not.toContain(secret)
  expect(shown.of('entries').map(({ log }) => log)).toContain('room')
  expect(new Set(shown.of('entries').map(({ log }) => log))).toEqual(new Set(['room']))
})

test('P36 with a moderation delay an overlay is shown what viewers are, as late', async () => {
  const { world, hana, ada, rules } = await stage()
  const shown = await overlay(world)
  await rules({ delaySeconds: 3 })
  await ada.ask({ t: 'say', text: 'a slip' })
  const { id = '' } = ada.of('ok').at(-1) ?? {}
  await ada.ask({ t: 'say', text: 'fine' })
  expect(hana.raw.join()).toContain('a slip')
  await world.clock.advance(2_000)
  const late = await overlay(world)
  const page = await late.ask({ t: 'read', log: 'room', from: 1, to: 100 })
  await hana.ask({ t: 'delete', target: id })
  for (const { raw } of [shown, late]) expect(raw.join()).not.toContain('fine')
  expect(JSON.stringify(page)).not.toContain('fine')
  await world.clock.advance(1_000)
  for (const client of [shown, late]) {
    expect(client.raw.join()).toContain('fine')
    expect(client.raw.join()).not.toContain('a slip')
  }
})

test('P36 N3 an overlay is no viewer, and its going neither', async () => {
  const { world } = await stage()
  const before = world.first.chat.viewers(world.show.id)
  const shown = await overlay(world)
  expect(shown.of('welcome')[0]?.pulse.viewers).toBe(before)
  expect(world.first.chat.viewers(world.show.id)).toBe(before)
  shown.leave()
  expect(world.first.chat.viewers(world.show.id)).toBe(before)
})

const target = '00000000-0000-4000-8000-000000000001'
type Asked = Request extends infer R ? (R extends { id: string } ? Omit<R, 'id'> : never) : never
const COMMANDS: Asked[] = [
  { t: 'say', text: 'x' },
  { t: 'whisper', text: 'x' },
  { t: 'react', emoji: '🔥' },
  { t: 'delete', target },
  { t: 'pin', target },
  { t: 'unpin' },
  { t: 'slow', seconds: 5 },
  { t: 'rules', rules: OPEN_RULES },
  { t: 'timeout', target, seconds: 60 },
  { t: 'ban', target },
  { t: 'approve', target },
  { t: 'report', target, reason: 'spam' },
  { t: 'appoint', target },
  { t: 'block', target },
]

test('P37 an overlay is allowed no command that changes anything', async () => {
  const { world } = await stage()
  const shown = await overlay(world)
  const position = await world.journal.positions([{ kind: 'room', stream: world.show.id }])
  for (const command of COMMANDS)
    expect([command.t, await shown.ask(command as Parameters<Client['ask']>[0])]).toEqual([
      command.t,
      expect.objectContaining({ t: 'err', code: 'not_allowed' }),
    ])
  expect(await world.journal.positions([{ kind: 'room', stream: world.show.id }])).toEqual(position)
})

test('P37 other logs than the room answer an overlay like what does not exist', async () => {
  const { world, secrets } = await stage()
  await secrets('kept')
  const shown = await overlay(world)
  const reads = [
    { log: 'thread' },
    { log: 'thread', viewer: world.person('ada') },
    { log: 'inbox' },
    { log: 'backstage' },
  ] as const
  for (const read of reads)
    expect(await shown.ask({ t: 'read', ...read, from: 1, to: 100 })).toMatchObject({ code: 'not_found' })
})

test.each<[string, (world: World) => ReturnType<Overlays['set']>]>([
  ['replaced', (world) => key(world, 'another')],
  ['removed', (world) => world.overlays.clear(world.person('hana'), world.show.id)],
])(
  'P37 a key that is %s closes its overlays on every node with 4401, and their passes are nothing',
  async (_, end) => {
    const { world, ada } = await stage()
    const second = world.node()
    const open = [await overlay(world), await overlay(world, second)]
    const pass = await world.overlayPass()
    await end(world)
    // The bus says nothing here: the poll finds it.
    await world.clock.advance(1_000)
    expect(open.map((client) => client.closed()?.code)).toEqual([4401, 4401])
    expect(ada.closed()).toBeNull()
    const late = world.connect()
    late.hello({ pass })
    await settle()
    expect(late.closed()).toMatchObject({ code: 4401 })
    expect(late.raw).toEqual([])
  },
)

test('P37 C6 an overlay of the new key is not closed by the end of the old one', async () => {
  const { world } = await stage()
  await key(world)
  const shown = await overlay(world)
  await world.clock.advance(5_000)
  expect(shown.closed()).toBeNull()
})

test('P37 C5 only a fresh pass of the same key renews an overlay, and an expired one closes it', async () => {
  const { world } = await stage()
  const [shown, left] = [await overlay(world), await overlay(world)]
  expect(await shown.ask({ t: 'renew', pass: world.pass('hana') })).toMatchObject({ code: 'sign_in' })
  const viewer = await world.join('bob')
  expect(await viewer.ask({ t: 'renew', pass: await world.overlayPass() })).toMatchObject({ code: 'sign_in' })
  await world.clock.advance(500_000)
  expect(await shown.ask({ t: 'renew', pass: await world.overlayPass() })).toMatchObject({ t: 'ok' })
  await world.clock.advance(100_000)
  expect([shown.closed(), left.closed()?.code]).toEqual([null, 4401])
  const former = await world.overlayPass()
  await key(world)
  // Before this node has heard that the key ended.
  expect(await shown.ask({ t: 'renew', pass: former })).toMatchObject({ code: 'sign_in' })
  expect(await shown.ask({ t: 'renew', pass: await world.overlayPass() })).toMatchObject({
    code: 'not_allowed',
  })
})

test('P37 one key holds so many overlays and no more', async () => {
  const world = createWorld({ limits: { sockets: 2 } })
  await key(world)
  const open = [await overlay(world), await overlay(world), await overlay(world)]
  expect(open.map((client) => client.closed()?.code)).toEqual([undefined, undefined, 4429])
})
