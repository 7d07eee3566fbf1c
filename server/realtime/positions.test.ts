import { expect, test } from 'vitest'
import type { LogKey } from '../domain/log.ts'
import { settle } from '../test/clock.ts'
import { createPositions } from './positions.ts'
import type { Position } from './positions.ts'

const thread = (viewer: string): LogKey => ({ kind: 'thread', stream: 's1', viewer })

test('a thousand who join together ask twice: the first alone, the others in one question', async () => {
  const asked: number[] = []
  const positions = createPositions({
    async positions(logs) {
      asked.push(logs.length)
      await settle()
      return logs.map((log, seq): Position => ({ log, epoch: 'e', seq }))
    },
  })
  const all = await Promise.all(Array.from({ length: 1_000 }, (_, i) => positions.of(thread(`v${i}`))))
  expect(asked).toEqual([1, 999])
  expect(all[500]).toEqual({ log: thread('v500'), epoch: 'e', seq: 499 })
})

test('a failure reaches those who asked, and the next question goes out', async () => {
  let away = true
  const positions = createPositions({
    positions: (logs) =>
      away
        ? Promise.reject(new Error('away'))
        : Promise.resolve(logs.slice(1).map((log) => ({ log, epoch: 'e', seq: 1 }))),
  })
  await expect(positions.of(thread('ada'))).rejects.toThrow('away')
  away = false
  expect(await positions.of(thread('ada'))).toBeNull()
})
