// Contract of streams: creating, editing, listing, and where a person stands.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewStream } from '../../app/ports.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import { codeOf, createStage, valueOf, type MakeWorld, type World } from './world.ts'

export function streamsContract(make: MakeWorld): void {
  describe('streams', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    const fresh = (host: string, more: Partial<NewStream> = {}): NewStream => {
      const id = randomUUID()
      return { id, slug: `s-${id}`, title: 'Show', description: 'About', host, startsAt: null, ...more }
    }

    test('V1 a new stream is scheduled and has its room, its inbox and its backstage', async () => {
      const { streams, journal } = world
      const { host } = await createStage(world)
      const wanted = fresh(host, { startsAt: 1_900_000_000_123 })
      const made = valueOf(await streams.create(wanted))
      expect(made).toEqual({
        id: wanted.id,
        slug: wanted.slug,
        title: 'Show',
        description: 'About',
        host: { id: host, name: 'Hanna' },
        state: 'scheduled',
        slowSeconds: 0,
        rules: OPEN_RULES,
        startsAt: 1_900_000_000_123,
        startedAt: null,
        endedAt: null,
        gate: 'public',
        gateRev: 1,
        provider: 'local',
      })
      expect(await streams.byId(wanted.id)).toEqual(made)
      expect(await streams.bySlug(wanted.slug)).toEqual(made)
      for (const kind of ['room', 'inbox', 'backstage'] as const) {
        const page = await journal.latest(host, { kind, stream: wanted.id }, 50)
        expect(page).toMatchObject({ seq: 0, entries: [] })
      }
      const logs = (['room', 'inbox', 'backstage'] as const).map((kind) => ({ kind, stream: wanted.id }))
      expect(new Set((await journal.positions(logs)).map(({ epoch }) => epoch)).size).toBe(1)
      expect(await streams.byId(randomUUID())).toBeNull()
      expect(await streams.bySlug('nothing-here')).toBeNull()
    })

    test('V20 a stream remembers who carries its video', async () => {
      const { streams } = world
      const { host } = await createStage(world)
      const wanted = fresh(host, { provider: 'mux' })
      expect(valueOf(await streams.create(wanted)).provider).toBe('mux')
      const edited = await streams.edit(host, wanted.id, { title: 'Other' })
      expect(valueOf(edited)).toMatchObject({ title: 'Other', provider: 'mux' })
    })

    test('a slug is taken once, and only accounts that may host create', async () => {
      const { streams } = world
      const { host, carol, ada } = await createStage(world)
      const wanted = fresh(host)
      valueOf(await streams.create(wanted))
      expect(codeOf(await streams.create(fresh(carol, { slug: wanted.slug })))).toBe('slug_taken')
      expect(codeOf(await streams.create(fresh(ada)))).toBe('not_allowed')
    })

    test('P8 a stream is edited by its host, and one that does not exist by nobody', async () => {
      const { streams } = world
      const { host, mod, carol, stream } = await createStage(world)
      for (const by of [mod, carol])
        expect(codeOf(await streams.edit(by, stream, { title: 'Mine' }))).toBe('not_allowed')
      expect(codeOf(await streams.edit(host, randomUUID(), { title: 'Mine' }))).toBe('not_found')
      const startsAt = 1_900_000_000_000
      expect(valueOf(await streams.edit(host, stream, { title: 'New', startsAt }))).toMatchObject({
        title: 'New',
        description: '',
        startsAt,
      })
      expect(valueOf(await streams.edit(host, stream, { description: 'd' })).startsAt).toBe(startsAt)
      expect(valueOf(await streams.edit(host, stream, { startsAt: null })).startsAt).toBeNull()
    })

    test('home lists live ones, upcoming ones soonest first, and the twelve that ended last', async () => {
      const { streams, journal } = world
      const { host } = await createStage(world)
      const make = async (startsAt: number | null, ...states: ('live' | 'ended')[]) => {
        const stream = fresh(host, { startsAt })
        valueOf(await streams.create(stream))
        for (const state of states) valueOf(await journal.act(null, stream.id, { type: 'state', state }))
        return stream.id
      }
      const [someday, later, soon] = [await make(null), await make(2_000), await make(1_000)]
      const live = await make(3_000, 'live')
      const ended: string[] = []
      for (let n = 0; n < 13; n++) ended.unshift(await make(null, 'live', 'ended'))
      const home = await streams.home()
      const ids = (list: { id: string }[]) => list.map(({ id }) => id)
      expect(ids(home.live)).toContain(live)
      expect(ids(home.recent)).toEqual(ended.slice(0, 12))
      const upcoming = ids(home.upcoming)
      expect(upcoming.indexOf(soon)).toBe(0)
      expect(upcoming.indexOf(later)).toBe(1)
      expect(upcoming.indexOf(someday)).toBeGreaterThan(1)
      expect(ids(await streams.live())).toEqual(ids(home.live))
      const own = ids(await streams.ownedBy(host))
      expect(own).toHaveLength(18)
      expect(own[0]).toBe(ended[0])
      expect(await streams.ownedBy(randomUUID())).toEqual([])
    })

    test('V7 a live stream is unaired when no node has had its publisher for so long', async () => {
      const { streams, journal, pass } = world
      const { host } = await createStage(world)
      const [a, b] = [randomUUID(), randomUUID()]
      const live = async () => {
        const { id } = valueOf(await streams.create(fresh(host)))
        valueOf(await journal.act(null, id, { type: 'state', state: 'live' }))
        return id
      }
      const [here, there, nowhere] = [await live(), await live(), await live()]
      const scheduled = valueOf(await streams.create(fresh(host))).id
      const mine = [here, there, nowhere, scheduled]
      const unaired = async (ms: number) =>
        (await streams.unaired(ms)).filter((id) => mine.includes(id)).sort()
      // Never aired: counted from its start.
      expect(await unaired(20_000)).toEqual([])
      await pass(15_000)
      expect(await streams.air(a, [here, scheduled], 0)).toEqual([])
      expect(await streams.air(b, [there], 0)).toEqual([])
      await pass(15_000)
      expect(await unaired(20_000)).toEqual([nowhere])
      expect(await streams.air(a, [here], 0)).toEqual([])
      await pass(15_000)
      expect(await unaired(20_000)).toEqual([there, nowhere].sort())
      await pass(10_000)
      expect(await unaired(20_000)).toEqual([here, there, nowhere].sort())
    })

    test('V7 a lease belongs to the node that renewed it last, and one who renews hears what is over', async () => {
      const { streams, journal, pass } = world
      const { host } = await createStage(world)
      const [a, b] = [randomUUID(), randomUUID()]
      const { id } = valueOf(await streams.create(fresh(host)))
      const elsewhere = async () =>
        Promise.all([a, b].map((node) => streams.airedElsewhere(node, id, 20_000)))
      expect(await elsewhere()).toEqual([false, false])
      await streams.air(a, [id], 0)
      expect(await elsewhere()).toEqual([false, true])
      await streams.air(b, [id], 0)
      expect(await elsewhere()).toEqual([true, false])
      await pass(21_000)
      expect(await elsewhere()).toEqual([false, false])
      for (const state of ['live', 'ended'] as const)
        valueOf(await journal.act(null, id, { type: 'state', state }))
      const other = valueOf(await streams.create(fresh(host))).id
      expect(await streams.air(a, [other, id, randomUUID()], 0)).toEqual([id])
      expect(await streams.airedElsewhere(b, id, 20_000)).toBe(false)
      expect(await streams.air(a, [], 0)).toEqual([])
    })

    test('V31 a node that says late that its publisher left does not take the lease from the one that has it', async () => {
      const { streams, pass } = world
      const { host } = await createStage(world)
      const [a, b] = [randomUUID(), randomUUID()]
      const { id } = valueOf(await streams.create(fresh(host)))
      await streams.air(a, [id], 0)
      await streams.air(b, [id], 0)
      await streams.air(a, [id], 20_000)
      expect(await streams.airedElsewhere(a, id, 20_000)).toBe(true)
      await pass(15_000)
      await streams.air(b, [id], 20_000)
      await pass(15_000)
      await streams.air(a, [id], 20_000)
      expect(await streams.airedElsewhere(a, id, 20_000)).toBe(true)
      await pass(6_000)
      await streams.air(a, [id], 20_000)
      expect(await streams.airedElsewhere(b, id, 20_000)).toBe(true)
    })

    test('V7 nodes that name the same streams at once do not lock each other out', async () => {
      const { streams } = world
      const { host } = await createStage(world)
      const made = Array.from({ length: 12 }, async () => valueOf(await streams.create(fresh(host))).id)
      const ids = await Promise.all(made)
      const rounds = Array.from({ length: 24 }, (_, n) =>
        streams.air(randomUUID(), n % 2 === 0 ? ids : [...ids].reverse(), 0),
      )
      expect(await Promise.all(rounds)).toEqual(rounds.map(() => []))
    })

    test('I3 standing comes from the tables: host, moderator, viewer, banned', async () => {
      const { streams, ban } = world
      const { host, mod, ada, bob, carol, stream } = await createStage(world)
      await ban(stream, ada, null)
      await ban(stream, bob, -1)
      await ban(stream, host, null)
      await ban(stream, carol, 60_000)
      for (const [who, role, banned] of [
        [host, 'host', false],
        [mod, 'moderator', false],
        [ada, 'viewer', true],
        [bob, 'viewer', false],
        [carol, 'viewer', true],
        [randomUUID(), 'viewer', false],
      ] as const)
        expect(await streams.standing(who, stream)).toMatchObject({ role, banned })
      const { until } = await streams.standing(carol, stream)
      expect(Math.abs((until ?? 0) - Date.now() - 60_000)).toBeLessThan(30_000)
      for (const who of [ada, bob, host]) expect((await streams.standing(who, stream)).until).toBeNull()
    })
  })
}
