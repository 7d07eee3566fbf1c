// The rows of recordings in memory, for tests.
import type { Clock } from '../../app/ports.ts'
import type { RecordingRow, RecordingRows } from '../../app/recording-ports.ts'
import type { PrincipalId, RecordingId, StreamId } from '../../../shared/ids.ts'
import { deny, ok } from '../../../shared/protocol/index.ts'

type Kept = RecordingRow & { node: string | null; beatAt: number }

/** `hostOf` null: there is no such stream. */
export function createMemoryRecordings(
  clock: Pick<Clock, 'now'>,
  hostOf: (stream: StreamId) => PrincipalId | null,
): RecordingRows & { erase(stream: StreamId): void } {
  const rows = new Map<RecordingId, Kept>()
  const left = new Set<RecordingId>()

  function drop(id: RecordingId): void {
    rows.delete(id)
    left.add(id)
  }
  const open = (node: string, id: RecordingId) => {
    const row = rows.get(id)
    return row?.state === 'recording' && row.node === node ? row : undefined
  }
  const bare = ({ ...row }: Kept): RecordingRow => row

  return {
    begin(row, node) {
      if (hostOf(row.stream) === null) return Promise.resolve(false)
      if (!rows.has(row.id))
        rows.set(row.id, {
          ...row,
          ...{ provider: 'local', state: 'recording', endedAt: null, wholeMs: 0, bytes: 0, fault: null },
          ...{ trim: { startMs: 0, endMs: null }, node, beatAt: clock.now() },
        })
      return Promise.resolve(true)
    },
    beat(node, progress) {
      const mine = progress.filter(({ id }) => open(node, id))
      for (const one of mine) Object.assign(rows.get(one.id) ?? {}, one, { beatAt: clock.now() })
      return Promise.resolve(mine.map(({ id }) => id))
    },
    finish(node, { id, ...change }) {
      const row = open(node, id)
      if (row) Object.assign(row, change, { node: null })
      return Promise.resolve(row !== undefined)
    },
    adopt(node, ms) {
      const silent = [...rows.values()].filter(
        ({ state, provider, beatAt }) =>
          state === 'recording' && provider === 'local' && beatAt <= clock.now() - ms,
      )
      for (const row of silent) Object.assign(row, { node, beatAt: clock.now() })
      return Promise.resolve(silent.map(bare))
    },
    ofStream(stream) {
      const own = [...rows.values()].filter((row) => row.stream === stream)
      return Promise.resolve(own.sort((a, b) => a.startedAt - b.startedAt).map(bare))
    },
    trim(by, id, trim) {
      const row = rows.get(id)
      if (!row || hostOf(row.stream) !== by) return Promise.resolve(deny('not_found'))
      if (row.state !== 'ready') return Promise.resolve(deny('wrong_state'))
      row.trim = trim
      return Promise.resolve(ok(null))
    },
    remove(by, id) {
      const row = rows.get(id)
      if (!row || hostOf(row.stream) !== by) return Promise.resolve(deny('not_found'))
      if (row.state === 'recording') return Promise.resolve(deny('wrong_state'))
      drop(id)
      return Promise.resolve(ok(null))
    },
    expire(days) {
      const old = [...rows.values()].filter(
        ({ state, endedAt }) =>
          state !== 'recording' && endedAt !== null && endedAt < clock.now() - days * 86_400_000,
      )
      for (const { id } of old) drop(id)
      return Promise.resolve(old.map(({ id }) => id))
    },
    gone: () => Promise.resolve([...left].slice(0, 100)),
    forget(ids) {
      for (const id of ids) left.delete(id)
      return Promise.resolve()
    },
    erase(stream) {
      for (const row of [...rows.values()]) if (row.stream === stream) drop(row.id)
    },
  }
}
