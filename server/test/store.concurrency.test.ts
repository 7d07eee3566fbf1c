// Several nodes on one database: dense logs, one winner, no deadlock.
import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createJournal } from '../adapters/pg/journal.ts'
import { openPool } from '../adapters/pg/pool.ts'
import type { Draft } from '../app/ports.ts'
import { codeOf, createStage, everything, messageIn, valueOf } from './contracts/world.ts'
import { postgres, quiet } from './databases.ts'
import { openStore, type Store } from './store.ts'

describe.skipIf(postgres.skip !== null)('eight nodes on postgres', () => {
  let store: Store
  let pools: Pool[]
  beforeAll(async () => {
    store = await openStore(postgres)
    const { host, user, database } = store.db.pool.options
    pools = Array.from({ length: 8 }, () =>
      openPool(
        {
          host: host!,
          user: user!,
          database: database!,
          max: 2,
          role: 'stagedoor_app',
          applicationName: 'node',
        },
        quiet,
      ),
    )
  })
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()))
    await store.close()
  })

  test('C31 a thread whose commit comes late, behind others that began later, is in an answer all the same', async () => {
    const { say, send, draft, ada, bob, stream, other } = await createStage(store)
    const { journal } = store
    const secret = await say(ada, 'first', { viewer: ada })
    const first = await journal.moved([{ stream, since: null }])
    const viewers = async (since: string) => {
      const { mark, moved } = await journal.moved([stream, other].map((each) => ({ stream: each, since })))
      return { mark, viewers: moved.map(({ log }) => log.viewer).sort() }
    }
    const slow = await pools[0]!.connect()
    await slow.query('begin')
    await slow.query("select set_config('app.pid', $1, true)", [ada])
    await slow.query('select app.act_delete($1, $2)', [stream, secret.id])
    await send(draft(bob, 'quick', { stream: other, viewer: bob }))
    const second = await viewers(first.mark)
    expect(second.viewers).toEqual([bob])
    await slow.query('commit')
    slow.release()
    const third = await viewers(second.mark)
    expect(third.viewers).toEqual([ada, bob].sort())
    expect((await viewers(third.mark)).viewers).toEqual([])
  })

  test('L2 writers of one room, its threads and its inbox leave no hole, and commit order is seq order', async () => {
    const stage = await createStage(store)
    const { ada, bob, mod, host, room, inbox, thread, stream } = stage
    const read: number[] = []
    const writing = new AbortController()
    const reader = (async () => {
      // A reader that follows the counter must never find an entry missing below it.
      while (!writing.signal.aborted) {
        const page = await store.journal.latest(null, room, 10_000)
        expect(page.entries).toHaveLength(page.seq)
        read.push(page.seq)
      }
    })()
    const node = async (pool: Pool, number: number) => {
      const journal = createJournal(pool)
      for (let round = 0; round < 12; round++) {
        const drafts = Array.from({ length: 12 }, (_, n): Draft => {
          const sender = [ada, bob, mod, host][(n + number + round) % 4]!
          const viewer = n % 3 !== 0 ? null : sender === host ? [ada, bob, mod][(n + number) % 3]! : sender
          return stage.draft(sender, `${number}.${round}.${n}`, { viewer })
        })
        for (const result of await journal.append(drafts)) expect(codeOf(result)).toBe('ok')
      }
    }
    await Promise.all(pools.map(node))
    writing.abort()
    await reader
    const counts: number[] = []
    for (const log of [room, inbox, thread(ada), thread(bob), thread(mod)]) {
      const entries = await everything(store.journal, host, log)
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
      counts.push(entries.length)
      for (let n = 1; n < entries.length; n++)
        expect(entries[n]!.at).toBeGreaterThanOrEqual(entries[n - 1]!.at)
    }
    const [open = 0, inboxed, ...threads] = counts
    expect(open + (inboxed ?? 0)).toBe(8 * 12 * 12)
    expect(threads.reduce((sum, count) => sum + count, 0)).toBe(inboxed)
    expect(read.length).toBeGreaterThan(0)
    expect(stream).toBe(room.stream)
  }, 60_000)

  test('L3 the drafts of one batch keep their order among those of other nodes', async () => {
    const stage = await createStage(store)
    await Promise.all(
      pools.map((pool, number) =>
        createJournal(pool).append(
          Array.from({ length: 30 }, (_, n) => stage.draft(stage.ada, `${number}:${n}`)),
        ),
      ),
    )
    const texts = (await everything(store.journal, null, stage.room)).map(
      (entry) => messageIn(entry).text ?? '',
    )
    for (let number = 0; number < 8; number++)
      expect(texts.filter((text) => text.startsWith(`${number}:`))).toEqual(
        Array.from({ length: 30 }, (_, n) => `${number}:${n}`),
      )
  })

  test('M3 one cmid on eight nodes at once: one message, whatever the log', async () => {
    for (let round = 0; round < 10; round++) {
      const stage = await createStage(store)
      const cmid = randomUUID()
      const results = await Promise.all(
        pools.map(async (pool, number) => {
          const viewer = number % 2 === 0 ? null : stage.ada
          const [result] = await createJournal(pool).append([
            stage.draft(stage.ada, 'once', { cmid, viewer }),
          ])
          return result
        }),
      )
      const fresh = results.filter((result) => result?.ok === true && !result.value.dup)
      expect(fresh).toHaveLength(1)
      expect(results.filter((result) => codeOf(result) === 'idempotency_mismatch')).toHaveLength(4)
      const { ada, room, thread } = stage
      const all = [
        ...(await everything(store.journal, ada, room)),
        ...(await everything(store.journal, ada, thread(ada))),
      ]
      expect(all.map((entry) => messageIn(entry).id)).toEqual([valueOf(fresh[0]).id])
    }
  })

  test('M8 slow mode lets one through, on however many nodes one tries', async () => {
    const stage = await createStage(store)
    valueOf(await store.journal.act(stage.host, stage.stream, { type: 'slow', seconds: 30 }))
    const results = await Promise.all(
      pools.map((pool) => createJournal(pool).append([stage.draft(stage.ada, 'me')])),
    )
    expect(results.flat().filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('N1 a pin that races a delete never leaves a deleted message pinned', async () => {
    for (let round = 0; round < 20; round++) {
      const stage = await createStage(store)
      const target = (await stage.say(stage.ada, 'x')).id!
      const [first, second] = pools.map(createJournal)
      const results = await Promise.all([
        first!.act(stage.mod, stage.stream, { type: 'pin', target }),
        second!.act(stage.ada, stage.stream, { type: 'delete', target }),
      ])
      expect(codeOf(results[1])).toBe('ok')
      expect(['ok', 'pin_not_public']).toContain(codeOf(results[0]))
      expect(await store.journal.pinned(stage.stream)).toBeNull()
      const kinds = (await everything(store.journal, null, stage.room)).map(({ event }) => event.type)
      expect(kinds).toEqual(results[0].ok ? ['said', 'pinned', 'deleted', 'unpinned'] : ['said', 'deleted'])
    }
  })
})
