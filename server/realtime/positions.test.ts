import { expect, test } from 'vitest'
import type { LogKey } from '../domain/log.ts'
import { createPositions } from './positions.ts'

const thread = (viewer: string): LogKey => ({ kind: 'thread', stream: 's1', viewer })

test('a position is that of the log asked for, in whatever order they come, and null for a log of no stream', async () => {
  const positions = createPositions({
    positions: (logs) =>
      Promise.resolve(
        logs
          .map((log, i) => ({ log, epoch: 'e', seq: i + 1 }))
          .filter(({ seq }) => seq !== 2)
          .reverse(),
      ),
  })
  // The first goes alone; the other three together.
  const all = await Promise.all(['ada', 'bob', 'cleo', 'dan'].map((viewer) => positions.of(thread(viewer))))
  expect(all.map((position) => position && [position.log, position.seq])).toEqual([
    [thread('ada'), 1],
    [thread('bob'), 1],
    null,
    [thread('dan'), 3],
  ])
})
