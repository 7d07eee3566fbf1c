// What the rows of recordings do, in memory and in the database.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RecordingRows } from '../../app/recording-ports.ts'
import { codeOf, valueOf } from './world.ts'

export type RecordingStage = {
  rows: RecordingRows
  host: string
  stream: string
  /** Lets so much pass over everything stored. */
  pass(ms: number): Promise<void>
  /** The stream goes, with what is in it. */
  erase(): Promise<void>
}

const AT = 1_790_000_000_000

export function recordingsContract(make: () => Promise<RecordingStage>): void {
  const begin = (rows: RecordingRows, stream: string, id = randomUUID(), startedAt = AT) =>
    rows.begin({ id, stream, prefix: id.slice(0, 8), startedAt }, 'one').then((yes) => ({ id, yes }))
  const done = (id: string, more = {}) => ({
    ...{ id, wholeMs: 5_000, bytes: 99, fault: null, state: 'ready' as const, endedAt: AT + 5_000 },
    ...more,
  })

  test('V14 a row begins once, of a stream that is there, and says what its writer says', async () => {
    const { rows, stream } = await make()
    expect((await begin(rows, randomUUID())).yes).toBe(false)
    const { id, yes } = await begin(rows, stream)
    expect(yes).toBe(true)
    expect((await begin(rows, stream, id)).yes).toBe(true)
    const fresh = { id, stream, prefix: id.slice(0, 8), provider: 'local', state: 'recording' }
    const empty = { wholeMs: 0, bytes: 0, fault: null, trim: { startMs: 0, endMs: null } }
    expect(await rows.ofStream(stream)).toEqual([{ ...fresh, ...empty, startedAt: AT, endedAt: null }])
    const progress = { wholeMs: 3_000, bytes: 12_345_678_901, fault: 'no room' }
    expect(
      await rows.beat('one', [
        { id, ...progress },
        { ...progress, id: randomUUID() },
      ]),
    ).toEqual([id])
    expect(await rows.beat('two', [{ id, ...progress, bytes: 1 }])).toEqual([])
    expect(await rows.ofStream(stream)).toMatchObject([progress])
    expect(await rows.finish('two', done(id))).toBe(false)
    expect(await rows.finish('one', done(id))).toBe(true)
    expect(await rows.finish('one', done(id))).toBe(false)
    expect(await rows.beat('one', [{ id, ...progress }])).toEqual([])
    expect(await rows.ofStream(stream)).toMatchObject([
      { state: 'ready', wholeMs: 5_000, bytes: 99, fault: null, endedAt: AT + 5_000 },
    ])
  })

  test('V16 one that is silent is taken over, once, and is then not its old writer’s', async () => {
    const { rows, stream, pass } = await make()
    const first = await begin(rows, stream, randomUUID(), AT + 1)
    const second = await begin(rows, stream, randomUUID(), AT)
    expect(await rows.adopt('two', 60_000)).toEqual([])
    await pass(61_000)
    await rows.beat('one', [{ ...done(first.id) }])
    const adopted = await rows.adopt('two', 60_000)
    expect(adopted.map(({ id }) => id)).toEqual([second.id])
    expect(await rows.adopt('two', 60_000)).toEqual([])
    expect(await rows.finish('one', done(second.id))).toBe(false)
    expect(await rows.finish('two', done(second.id))).toBe(true)
    // In the order in which they began, whoever wrote them.
    expect((await rows.ofStream(stream)).map(({ id }) => id)).toEqual([second.id, first.id])
  })

  test('V18 its host cuts and deletes it when it is written, and nobody else does', async () => {
    const { rows, host, stream } = await make()
    const { id } = await begin(rows, stream)
    const cut = { startMs: 1_000, endMs: 4_000 }
    expect(codeOf(await rows.trim(host, id, cut))).toBe('wrong_state')
    expect(codeOf(await rows.remove(host, id))).toBe('wrong_state')
    await rows.finish('one', done(id))
    for (const by of [randomUUID(), stream]) {
      expect(codeOf(await rows.trim(by, id, cut))).toBe('not_found')
      expect(codeOf(await rows.remove(by, id))).toBe('not_found')
    }
    valueOf(await rows.trim(host, id, cut))
    expect(await rows.ofStream(stream)).toMatchObject([{ trim: cut, wholeMs: 5_000 }])
    valueOf(await rows.trim(host, id, { startMs: 0, endMs: null }))
    valueOf(await rows.remove(host, id))
    expect(await rows.ofStream(stream)).toEqual([])
    expect(codeOf(await rows.remove(host, id))).toBe('not_found')
    expect(await rows.gone()).toEqual([id])
    await rows.forget([id])
    expect(await rows.gone()).toEqual([])
  })

  test('V14 what goes with its stream, or by its age, is left to be removed', async () => {
    const { rows, stream, pass, erase } = await make()
    // What other tests left.
    await rows.forget(await rows.expire(0))
    const [old, young, open] = [
      await begin(rows, stream),
      await begin(rows, stream),
      await begin(rows, stream),
    ]
    const now = Date.now()
    await rows.finish('one', done(old.id, { endedAt: now - 3 * 86_400_000 }))
    await rows.finish('one', done(young.id, { endedAt: now }))
    expect(await rows.expire(4)).toEqual([])
    expect(await rows.expire(2)).toEqual([old.id])
    expect(await rows.expire(2)).toEqual([])
    await pass(10)
    await erase()
    expect(await rows.ofStream(stream)).toEqual([])
    expect((await rows.gone()).sort()).toEqual([old.id, young.id, open.id].sort())
    expect(await rows.finish('one', done(open.id))).toBe(false)
  })
}
