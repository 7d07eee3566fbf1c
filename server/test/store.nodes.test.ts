// The nodes of a database, on both engines: who is there, and where a stream is.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodes } from '../adapters/pg/nodes.ts'
import { createStage } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`nodes on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    const address = (port: number) => ({ node: randomUUID(), host: '10.0.0.5', port })

    test('V31 a node is found while it says that it is there', async () => {
      const nodes = createNodes(store.db.pool)
      const [a, b] = [address(1_000), address(2_000)]
      await nodes.beat(a)
      await nodes.beat(b)
      await nodes.beat({ ...a, port: 1_001 })
      expect(await nodes.find(a.node)).toEqual({ ...a, port: 1_001 })
      await nodes.leave(a.node)
      expect([await nodes.find(a.node), await nodes.find(b.node)]).toEqual([null, b])
      await store.db.admin(`update app.node set seen_at = now() - interval '61 s' where id = '${b.node}'`)
      await Promise.all(Array.from({ length: 8 }, (_, n) => nodes.beat(address(3_000 + n))))
      expect(await nodes.find(b.node)).toBeNull()
    })

    test('V31 a stream is at the node that has its publisher, if that is there and the stream not over', async () => {
      const nodes = createNodes(store.db.pool)
      const { stream, other } = await createStage(store)
      const [a, unknown] = [address(1_000), randomUUID()]
      await nodes.beat(a)
      const NOWHERE = { node: null, at: null }
      expect(await nodes.airings([stream, randomUUID()])).toEqual([
        { state: expect.any(String) as string, ...NOWHERE },
        { state: null, ...NOWHERE },
      ])
      await store.streams.air(a.node, [stream], 0)
      const [first, second] = await nodes.airings([other, stream])
      expect([first, second]).toMatchObject([NOWHERE, { node: a.node, at: a }])
      const airing = async () => (await nodes.airings([stream]))[0]
      await store.db.admin(`update app.node set seen_at = now() - interval '21 s' where id = '${a.node}'`)
      expect(await airing()).toMatchObject({ node: a.node, at: null })
      await store.streams.air(unknown, [stream], 0)
      expect(await airing()).toMatchObject({ node: unknown, at: null })
      await store.db.admin(`update app.stream set aired_at = now() - interval '31 s' where id = '${stream}'`)
      expect(await airing()).toMatchObject(NOWHERE)
      await store.streams.air(unknown, [stream], 0)
      for (const state of ['live', 'ended'] as const)
        await store.journal.act(null, stream, { type: 'state', state })
      expect(await airing()).toMatchObject({ state: 'ended', ...NOWHERE })
    })
  })
