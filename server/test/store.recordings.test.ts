// The rows of recordings in the database.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createErasure } from '../adapters/pg/erasure.ts'
import { createRecordings } from '../adapters/pg/recordings.ts'
import { recordingsContract } from './contracts/recordings.ts'
import { createStage, valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`recordings on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    async function make() {
      const { host, stream } = await createStage(store)
      const rows = createRecordings(store.db.pool)
      await rows.forget(await rows.gone())
      return {
        ...{ rows, host, stream },
        async pass(ms: number) {
          await store.db.admin(
            `update app.recording set beat_at = beat_at - $1 * interval '1 ms' where stream_id = $2`,
            [ms, stream],
          )
        },
        async erase() {
          valueOf(await createErasure(store.db.pool).stream(host, stream))
        },
      }
    }
    recordingsContract(make)

    test('V14 two that finish the same at once are one', async () => {
      const { rows, stream } = await make()
      const ids = [randomUUID(), randomUUID(), randomUUID()].sort()
      for (const id of ids) await rows.begin({ id, stream, prefix: id, startedAt: 1 }, 'one')
      await store.db.admin(
        `update app.recording set beat_at = now() - interval '2 minutes' where stream_id = $1`,
        [stream],
      )
      const adopted = (await Promise.all(['x', 'y', 'z'].map((node) => rows.adopt(node, 60_000)))).flat()
      expect(
        adopted
          .filter((row) => row.stream === stream)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(ids)
    })
  })
