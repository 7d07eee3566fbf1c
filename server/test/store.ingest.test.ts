// The revisions of stream keys in the database.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIngestRevisions } from '../adapters/pg/ingest.ts'
import type { IngestRevisions } from '../app/ingest-ports.ts'
import { codeOf, createStage, valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`stream keys on ${engine.name}`, () => {
    let store: Store
    let revisions: IngestRevisions
    beforeAll(async () => {
      store = await openStore(engine)
      revisions = createIngestRevisions(store.db.pool)
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
      await expect(store.db.pool.query('select * from app.ingest_key')).rejects.toThrow('permission denied')
    })
  })
