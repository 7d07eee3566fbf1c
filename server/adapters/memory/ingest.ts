// The revisions of stream keys in memory, for tests.
import type { IngestRevisions } from '../../app/ingest-ports.ts'
import type { Stream } from '../../app/ports.ts'
import type { StreamId } from '../../../shared/ids.ts'
import { deny, ok } from '../../../shared/protocol/index.ts'
import { revoke } from './tables.ts'
import type { Tables } from './tables.ts'

export function createMemoryIngestRevisions(
  tables: Tables,
  streamOf: (id: StreamId) => Promise<Pick<Stream, 'host' | 'state'> | null>,
): IngestRevisions {
  const revisions = new Map<StreamId, number>()
  const revisionOf = (stream: StreamId) => revisions.get(stream) ?? 0
  return {
    async of(stream) {
      const found = await streamOf(stream)
      return found && { revision: revisionOf(stream), state: found.state }
    },
    async ownedBy(by, stream) {
      return (await streamOf(stream))?.host.id === by ? ok(revisionOf(stream)) : deny('not_found')
    },
    async reset(by, stream) {
      if ((await streamOf(stream))?.host.id !== by) return deny('not_found')
      revisions.set(stream, revisionOf(stream) + 1)
      revoke(tables, stream, { kind: 'session', stream })
      return ok(revisionOf(stream))
    },
  }
}
