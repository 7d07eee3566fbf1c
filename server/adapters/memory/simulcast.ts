// The targets of simulcast in memory, for tests.
import type { OwnTarget, SimulcastTargets } from '../../app/simulcast-ports.ts'
import type { Stream } from '../../app/ports.ts'
import type { StreamId } from '../../../shared/ids.ts'
import { deny, ok } from '../../../shared/protocol/index.ts'
import { revoke } from './tables.ts'
import type { Tables } from './tables.ts'

type Row = OwnTarget & { stream: StreamId; sealed: string }

export function createMemorySimulcastTargets(
  tables: Tables,
  streamOf: (id: StreamId) => Promise<Pick<Stream, 'host'> | null>,
): SimulcastTargets {
  let rows: Row[] = []
  const isHost = async (by: string, stream: StreamId) => (await streamOf(stream))?.host.id === by
  const of = (stream: StreamId) => rows.filter((row) => row.stream === stream)
  return {
    async ownedBy(by, stream) {
      return (await isHost(by, stream)) ? of(stream).map(({ id, name, url }) => ({ id, name, url })) : []
    },
    async add(by, stream, target, most) {
      if (!(await isHost(by, stream))) return deny('not_found')
      if (of(stream).length >= most) return deny('wrong_state')
      rows.push({ ...target, stream })
      return ok(null)
    },
    async remove(by, stream, id) {
      if (!(await isHost(by, stream)) || !of(stream).some((row) => row.id === id)) return deny('not_found')
      rows = rows.filter((row) => row.id !== id)
      revoke(tables, id, { kind: 'session', stream })
      return ok(null)
    },
    of: (stream) => Promise.resolve(of(stream).map(({ id, url, sealed }) => ({ id, url, sealed }))),
  }
}
