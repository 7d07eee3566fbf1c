// After a restore: new numberings, which the server's own role cannot ask for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStage } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

describe.each(engines.filter(({ skip }) => skip === null))('epochs on $name', (engine) => {
  let store: Store
  beforeAll(async () => {
    store = await openStore(engine)
  })
  afterAll(() => store.close())

  test('L4 a rotation gives all logs of a stream one new epoch and leaves their positions', async () => {
    const { room, inbox, thread, ada, other, draft } = await createStage(store)
    await store.journal.append([draft(ada, 'before')])
    const before = await store.journal.positions([room, inbox, thread(ada)])
    await store.db.admin('select app.rotate_epochs()')
    const after = await store.journal.positions([room, inbox, thread(ada)])
    expect(new Set(after.map(({ epoch }) => epoch)).size).toBe(1)
    expect(after[0]?.epoch).not.toBe(before[0]?.epoch)
    expect(after.map(({ seq }) => seq)).toEqual(before.map(({ seq }) => seq))
    const [elsewhere] = await store.journal.positions([{ kind: 'room', stream: other }])
    expect(elsewhere?.epoch).not.toBe(after[0]?.epoch)
  })

  test('L4 the server itself may not rotate', async () => {
    await expect(store.db.pool.query('select app.rotate_epochs()')).rejects.toThrow('permission denied')
  })
})
