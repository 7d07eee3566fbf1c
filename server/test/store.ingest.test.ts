// What encoders and simulcast keep in the database: revisions of stream keys, and targets.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIngestRevisions } from '../adapters/pg/ingest.ts'
import { createSimulcastTargets } from '../adapters/pg/simulcast.ts'
import type { IngestRevisions } from '../app/ingest-ports.ts'
import type { SimulcastTargets } from '../app/simulcast-ports.ts'
import { codeOf, createStage, valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`stream keys on ${engine.name}`, () => {
    let store: Store
    let revisions: IngestRevisions
    let targets: SimulcastTargets
    beforeAll(async () => {
      store = await openStore(engine)
      revisions = createIngestRevisions(store.db.pool)
      targets = createSimulcastTargets(store.db.pool)
    })
    afterAll(() => store.close())

    const newest = async () => (await store.rights.revocations(null)).newest

    test('V11 a reset is a new revision, with a revocation of the id of the stream', async () => {
      const { host, stream } = await createStage(store)
      expect(await revisions.of(stream)).toEqual({ revision: 0, state: 'scheduled' })
      expect(valueOf(await revisions.ownedBy(host, stream))).toBe(0)
      const seq = await newest()
      expect(valueOf(await revisions.reset(host, stream))).toBe(1)
      expect(valueOf(await revisions.reset(host, stream))).toBe(2)
      expect(await revisions.of(stream)).toEqual({ revision: 2, state: 'scheduled' })
      const revoked = { principal: stream, kind: 'session', stream, session: null, except: null }
      expect((await store.rights.revocations(seq)).revocations).toEqual([
        expect.objectContaining({ ...revoked, seq: seq + 1 }),
        expect.objectContaining({ ...revoked, seq: seq + 2 }),
      ])
    })

    test('V11 resets at once are revisions apart', async () => {
      const { host, stream } = await createStage(store)
      const made = await Promise.all(Array.from({ length: 5 }, () => revisions.reset(host, stream)))
      expect(made.map(valueOf).sort()).toEqual([1, 2, 3, 4, 5])
    })

    test('V11 nobody but the host reads or resets a revision', async () => {
      const { host, mod, ada, stream } = await createStage(store)
      for (const by of [mod, ada, randomUUID()]) {
        expect(codeOf(await revisions.ownedBy(by, stream))).toBe('not_found')
        expect(codeOf(await revisions.reset(by, stream))).toBe('not_found')
      }
      expect(codeOf(await revisions.reset(host, randomUUID()))).toBe('not_found')
      expect(await revisions.of(randomUUID())).toBeNull()
      expect(await revisions.of(stream)).toMatchObject({ revision: 0 })
    })

    test('V11 P9 the server’s role cannot read the table', async () => {
      for (const table of ['app.ingest_key', 'app.simulcast_target'])
        await expect(store.db.pool.query(`select * from ${table}`)).rejects.toThrow('permission denied')
    })

    const target = (name: string) => ({
      id: randomUUID(),
      name,
      url: 'rtmp://a/app',
      sealed: `sealed ${name}`,
    })

    test('V13 targets are added up to a number, seen without their seals, and removed with a revocation', async () => {
      const { host, stream } = await createStage(store)
      const [a, b, c] = [target('a'), target('b'), target('c')]
      const added = await Promise.all([a, b, c].map((each) => targets.add(host, stream, each, 2)))
      expect(added.map(codeOf).sort()).toEqual(['ok', 'ok', 'wrong_state'])
      const own = await targets.ownedBy(host, stream)
      expect(own).toHaveLength(2)
      expect(Object.keys(own[0]!).sort()).toEqual(['id', 'name', 'url'])
      const sealed = await targets.of(stream)
      expect(sealed.map(({ id }) => id)).toEqual(own.map(({ id }) => id))
      expect(sealed.map(({ sealed: seal }) => seal)).toEqual(own.map(({ name }) => `sealed ${name}`))
      const [first, second] = own
      const seq = await newest()
      valueOf(await targets.remove(host, stream, first!.id))
      expect(await targets.of(stream)).toEqual([expect.objectContaining({ id: second!.id })])
      expect((await store.rights.revocations(seq)).revocations).toMatchObject([
        { principal: first!.id, stream },
      ])
      expect(codeOf(await targets.remove(host, stream, first!.id))).toBe('not_found')
    })

    test('V13 nobody but the host adds, sees or removes a target', async () => {
      const { host, carol, mod, ada, stream, other } = await createStage(store)
      const kept = target('kept')
      valueOf(await targets.add(host, stream, kept, 5))
      for (const by of [carol, mod, ada, randomUUID()]) {
        expect(codeOf(await targets.add(by, stream, target('theirs'), 5))).toBe('not_found')
        expect(await targets.ownedBy(by, stream)).toEqual([])
        expect(codeOf(await targets.remove(by, stream, kept.id))).toBe('not_found')
      }
      // By way of a stream of their own neither.
      expect(codeOf(await targets.remove(carol, other, kept.id))).toBe('not_found')
      expect(await targets.of(stream)).toHaveLength(1)
      expect(await targets.of(other)).toEqual([])
    })

    test('V11 V13 P32 both go with their stream', async () => {
      const { host, stream } = await createStage(store)
      valueOf(await revisions.reset(host, stream))
      valueOf(await targets.add(host, stream, target('gone'), 5))
      for (let code: unknown = 'more'; code === 'more';) {
        const sql = `select set_config('app.pid', $2, true), app.erase_stream($1, 1000) as code`
        code = (await store.db.pool.query<{ code: unknown }>(sql, [stream, host])).rows[0]?.code
      }
      expect(await revisions.of(stream)).toBeNull()
      expect(await targets.of(stream)).toEqual([])
    })
  })
