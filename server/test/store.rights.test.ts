// Rights that end while somebody uses them, on Postgres, where transactions really overlap.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asPrincipal } from '../adapters/pg/unit.ts'
import type { Act, Change } from '../app/ports.ts'
import type { Result } from '../../shared/protocol/index.ts'
import { codeOf, createStage, everything, textsOf, valueOf } from './contracts/world.ts'
import { postgres } from './databases.ts'
import { openStore, type Store } from './store.ts'

describe.skipIf(postgres.skip !== null)('overlapping transactions on postgres', () => {
  let store: Store
  beforeAll(async () => void (store = await openStore(postgres)))
  afterAll(() => store.close())

  const waiting = async () => (await store.db.admin('select from pg_locks where not granted')).length
  /** Runs `act` and commits it only when `rival` stands at a lock: it began on the rights from before. */
  async function overtaken<T>(
    by: string,
    sql: string,
    values: unknown[],
    rival: () => Promise<T>,
  ): Promise<T> {
    let racing: Promise<T> | undefined
    await asPrincipal(store.db.pool, by, 'probe', async (query) => {
      await query(sql, values)
      racing = rival()
      await expect.poll(waiting, { interval: 5, timeout: 1_500 }).toBeGreaterThan(0)
    })
    return await racing!
  }

  test('P11 C4 A41 a moderator dismissed while an act of theirs waits for its turn is refused', async () => {
    const { host, mod, ada, bob, say, stream, room } = await createStage(store)
    const target = (await say(ada, 'look')).id!
    valueOf(await store.journal.act(host, stream, { type: 'pin', target }))
    const acts: Act[] = [
      { type: 'unpin' },
      { type: 'pin', target },
      { type: 'delete', target },
      { type: 'ban', target: bob, seconds: null },
      { type: 'unban', target: bob },
    ]
    for (const act of acts) {
      const dismiss = 'select * from app.act_dismiss($1, $2)'
      const result = await overtaken(host, dismiss, [stream, mod], () => store.journal.act(mod, stream, act))
      expect([act.type, codeOf(result)]).toEqual([act.type, 'not_allowed'])
      valueOf(await store.journal.act(host, stream, { type: 'appoint', target: mod }))
    }
    expect((await store.streams.standing(bob, stream)).banned).toBe(false)
    expect((await everything(store.journal, null, room)).map(({ event }) => event.type)).toEqual([
      'said',
      'pinned',
    ])
  })

  test('P7 P11 A41 a message that waits while its sender is banned is refused, in public and in private', async () => {
    for (const first of [true, false])
      for (const secret of [true, false]) {
        const { host, ada, say, draft, stream, room, thread } = await createStage(store)
        const log = secret ? thread(ada) : room
        const viewer = secret ? ada : null
        if (!first) await say(ada, 'before', { viewer })
        const result = await overtaken(host, 'select * from app.act_ban($1, $2, null)', [stream, ada], () =>
          store.journal.append([draft(ada, 'during', { viewer })]),
        )
        expect(result.map(codeOf)).toEqual(['banned'])
        expect(textsOf(await everything(store.journal, host, log))).toEqual(first ? [] : ['before'])
      }
  })

  test('C11 a revocation that commits late has the later number: who has read up to n misses nothing', async () => {
    const { host, ada, bob, stream, other, carol } = await createStage(store)
    const start = (await store.rights.revocations(null)).newest
    const ban = 'select * from app.act_ban($1, $2, null)'
    const late = await overtaken(host, ban, [stream, ada], () =>
      store.journal.act(carol, other, { type: 'ban', target: bob, seconds: null }),
    )
    expect(codeOf(late)).toBe('ok')
    const { newest, revocations } = await store.rights.revocations(start)
    expect(revocations.map(({ seq, principal }) => [seq - start, principal])).toEqual([
      [1, ada],
      [2, bob],
    ])
    expect(newest).toBe(start + 2)
  })

  test('C11 a ban that is rolled back revokes nothing; one that is kept for a day is not kept for two', async () => {
    const { host, ada, bob, stream } = await createStage(store)
    const { newest } = await store.rights.revocations(null)
    await expect(
      asPrincipal(store.db.pool, host, 'probe', async (query) => {
        await query('select * from app.act_ban($1, $2, null)', [stream, ada])
        throw new Error('no')
      }),
    ).rejects.toThrow()
    expect(await store.rights.revocations(newest)).toEqual({ newest, revocations: [] })
    expect((await store.streams.standing(ada, stream)).banned).toBe(false)
    const ban = (target: string) => store.journal.act(host, stream, { type: 'ban', target, seconds: null })
    valueOf(await ban(ada))
    await store.pass(25 * 3_600_000)
    valueOf(await ban(bob))
    const { revocations } = await store.rights.revocations(0)
    expect(revocations.map(({ principal }) => principal)).toEqual([bob])
  })

  test('bans, messages, acts and ended sessions of many at once end without a deadlock', async () => {
    const { host, mod, ada, bob, draft, say, stream, room, thread, inbox } = await createStage(store)
    const target = (await say(host, 'x')).id!
    for (const viewer of [ada, bob]) await say(host, 'hello', { viewer })
    const results: Promise<Result<Change> | Result<Change>[]>[] = []
    const ended: Promise<void>[] = []
    for (let round = 0; round < 12; round++) {
      const session = randomUUID()
      await store.people.createSession({ id: session, principal: ada, expiresAt: Date.now() + 60_000 })
      for (const who of [ada, bob]) {
        const act = (by: string, what: Act) => results.push(store.journal.act(by, stream, what))
        act(mod, { type: 'ban', target: who, seconds: round % 2 === 0 ? 60 : null })
        act(host, { type: 'unban', target: who })
        act(host, { type: round % 2 === 0 ? 'appoint' : 'dismiss', target: who })
        act(mod, round % 2 === 0 ? { type: 'pin', target } : { type: 'unpin' })
        results.push(
          store.journal.append([draft(who, 'a'), draft(who, 'b', { viewer: who }), draft(host, 'c')]),
        )
      }
      ended.push(store.people.endSession(session), store.people.endSessions(ada))
      await Promise.all(results)
      await Promise.all(ended)
    }
    const codes = (await Promise.all(results)).flat().map(codeOf)
    expect([...new Set(codes)].filter((code) => !['ok', 'banned', 'not_allowed'].includes(code))).toEqual([])
    for (const log of [room, inbox, thread(ada), thread(bob)]) {
      const entries = await everything(store.journal, host, log)
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1))
    }
  })
})
