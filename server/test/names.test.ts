// Names on a real database: who may bear one, and who learns what somebody was called before.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonCard } from '../../shared/api/chat.ts'
import { skeleton } from '../domain/confusable.ts'
import { engines } from './databases.ts'
import { openReading } from './reading-world.ts'
import { openStore, type Store } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`names on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    test('P23 a look-alike of a host is refused where it is chosen, and where it speaks for who had it before', async () => {
      const { as, host, carol, ada, draft, send } = await openReading(store)
      // Bears its name since before Hanna may host.
      await store.db.admin('update app.principal set skeleton = $2, name = $3 where id = $1', [
        ...[ada, skeleton('Нanna'), 'Нanna'],
      ])
      const own = await as(host)
      for (const name of ['Hanne', 'Hanna']) expect((await own.patch('/api/me', { name })).status).toBe(200)
      expect((await send(draft(ada, 'send me money')))[0]).toMatchObject({
        denial: { code: 'name_reserved' },
      })
      const bob = await as(null)
      for (const name of ['HANNA', 'Наnnа', 'H\u0301anna'])
        expect((await bob.post('/api/guest', { name })).body).toMatchObject({
          code: 'name_reserved',
          field: 'name',
        })
      expect((await bob.post('/api/guest', { name: 'Hannah' })).status).toBe(201)
      expect((await (await as(carol)).patch('/api/me', { name: 'Hannа' })).body).toMatchObject({
        code: 'name_reserved',
      })
      expect((await (await as(ada)).patch('/api/me', { name: 'Ada' })).status).toBe(200)
      expect((await send(draft(ada, 'hello')))[0]).toMatchObject({ ok: true })
    })

    test('P26 what somebody was called is for host and moderators of a stream; nobody else finds it anywhere', async () => {
      const { as, get, at, bob, ada, mod, host, carol, say } = await openReading(store)
      const before = `Was ${randomUUID().slice(0, 8)}`
      const page = await as(bob)
      for (const name of [before, 'Robert']) expect((await page.patch('/api/me', { name })).status).toBe(200)
      await say(bob, 'hello')
      for (const staff of [mod, host]) {
        const { formerNames } = (await get<PersonCard>(staff, `${at}/people/${bob}`)).body
        expect(formerNames.map(({ name }) => name)).toEqual([before, 'Bob'])
      }
      for (const other of [null, ada, bob, carol]) {
        expect((await get(other, `${at}/people/${bob}`)).status).toBeGreaterThanOrEqual(401)
        const paths = [
          at,
          `${at}/messages`,
          `${at}/replay`,
          `${at}/search?q=${encodeURIComponent(before)}`,
          '/api/me',
        ]
        for (const path of paths) {
          const answer = await get(other, path)
          expect([path, JSON.stringify(answer.body)]).toEqual([path, expect.not.stringContaining(before)])
        }
      }
      expect(JSON.stringify((await get(null, `${at}/messages`)).body)).toContain('Robert')
      await expect(store.db.pool.query('select name from app.former_name')).rejects.toThrow(
        'permission denied',
      )
    })
  })
