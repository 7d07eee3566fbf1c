// The keys of overlays in the database.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOverlays } from '../adapters/pg/overlays.ts'
import type { Overlays } from '../app/overlay-ports.ts'
import { codeOf, createStage, valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`overlay keys on ${engine.name}`, () => {
    let store: Store
    let overlays: Overlays
    beforeAll(async () => {
      store = await openStore(engine)
      overlays = createOverlays(store.db.pool)
    })
    afterAll(() => store.close())

    const newest = async () => (await store.rights.revocations(null)).newest
    const since = async (seq: number) => (await store.rights.revocations(seq)).revocations

    test('P37 a new key ends the former one, with a revocation of its id', async () => {
      const { host, stream } = await createStage(store)
      const [first, second] = [randomUUID(), randomUUID()]
      expect(valueOf(await overlays.since(host, stream))).toBeNull()
      valueOf(await overlays.set(host, stream, first))
      const former = (await overlays.byHash(first))!
      expect(former.stream).toBe(stream)
      expect(valueOf(await overlays.since(host, stream))).toBeGreaterThan(Date.now() - 60_000)
      const seq = await newest()
      expect(await overlays.seat(former.id)).toEqual({ stream, seen: seq })

      valueOf(await overlays.set(host, stream, second))
      expect(await overlays.byHash(first)).toBeNull()
      expect(await overlays.seat(former.id)).toEqual({ stream: null, seen: seq + 1 })
      const revoked = { principal: former.id, kind: 'session', stream, session: null, except: null }
      expect(await since(seq)).toEqual([expect.objectContaining(revoked)])

      const present = (await overlays.byHash(second))!
      expect(present.id).not.toBe(former.id)
      valueOf(await overlays.clear(host, stream))
      expect(await overlays.seat(present.id)).toEqual({ stream: null, seen: seq + 2 })
      expect((await since(seq + 1)).map(({ principal }) => principal)).toEqual([present.id])
      valueOf(await overlays.clear(host, stream))
      expect(await newest()).toBe(seq + 2)
      expect(valueOf(await overlays.since(host, stream))).toBeNull()
    })

    test('P37 nobody but the host sets, clears or sees a key', async () => {
      const { host, mod, ada, stream } = await createStage(store)
      const hash = randomUUID()
      valueOf(await overlays.set(host, stream, hash))
      for (const by of [mod, ada, randomUUID()]) {
        expect(codeOf(await overlays.set(by, stream, randomUUID()))).toBe('not_found')
        expect(codeOf(await overlays.clear(by, stream))).toBe('not_found')
        expect(codeOf(await overlays.since(by, stream))).toBe('not_found')
      }
      expect(codeOf(await overlays.set(host, randomUUID(), randomUUID()))).toBe('not_found')
      expect((await overlays.byHash(hash))?.stream).toBe(stream)
    })

    test('P37 two keys made at once leave one, and end all others', async () => {
      const { host, stream } = await createStage(store)
      const hashes = Array.from({ length: 6 }, () => randomUUID())
      const seq = await newest()
      const made = await Promise.all(hashes.map((hash) => overlays.set(host, stream, hash)))
      expect(made.map(codeOf)).toEqual(hashes.map(() => 'ok'))
      const left = (await Promise.all(hashes.map((hash) => overlays.byHash(hash)))).filter(Boolean)
      expect(left).toHaveLength(1)
      expect(await since(seq)).toHaveLength(5)
    })

    test('P37 P9 the server’s role cannot read the table of keys', async () => {
      await expect(store.db.pool.query('select * from app.overlay_key')).rejects.toThrow('permission denied')
    })

    test('P32 P37 the key goes with its stream', async () => {
      const { host, stream } = await createStage(store)
      const hash = randomUUID()
      valueOf(await overlays.set(host, stream, hash))
      const { id } = (await overlays.byHash(hash))!
      for (let code: unknown = 'more'; code === 'more';) {
        const sql = `select set_config('app.pid', $2, true), app.erase_stream($1, 1000) as code`
        code = (await store.db.pool.query<{ code: unknown }>(sql, [stream, host])).rows[0]?.code
      }
      expect(await overlays.byHash(hash)).toBeNull()
      expect((await overlays.seat(id)).stream).toBeNull()
      expect(await store.db.admin('select from app.stream where id = $1', [stream])).toEqual([])
    })
  })
