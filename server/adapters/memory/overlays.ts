// The keys of overlays in memory, for tests.
import type { OverlayKey, Overlays } from '../../app/overlay-ports.ts'
import type { Clock, Random, Stream } from '../../app/ports.ts'
import type { PrincipalId, StreamId } from '../../../shared/ids.ts'
import { deny, ok } from '../../../shared/protocol/index.ts'
import { revoke } from './tables.ts'
import type { Tables } from './tables.ts'

type Row = OverlayKey & { hash: string; at: number }

/** `streamOf` where the streams are elsewhere than in the tables. */
export function createMemoryOverlays(
  tables: Tables,
  clock: Pick<Clock, 'now'>,
  random: Pick<Random, 'uuid'>,
  streamOf: (id: StreamId) => Promise<Pick<Stream, 'host'> | null> = (id) =>
    Promise.resolve(tables.streams.get(id) ?? null),
): Overlays {
  const keys = new Map<StreamId, Row>()
  const isHost = async (by: PrincipalId, stream: StreamId) => (await streamOf(stream))?.host.id === by

  function end(stream: StreamId) {
    const former = keys.get(stream)
    keys.delete(stream)
    if (former) revoke(tables, former.id, { kind: 'session', stream })
  }

  return {
    async set(by, stream, hash) {
      if (!(await isHost(by, stream))) return deny('not_found')
      end(stream)
      keys.set(stream, { id: random.uuid(), stream, hash, at: clock.now() })
      return ok(null)
    },
    async clear(by, stream) {
      if (!(await isHost(by, stream))) return deny('not_found')
      end(stream)
      return ok(null)
    },
    async since(by, stream) {
      return (await isHost(by, stream)) ? ok(keys.get(stream)?.at ?? null) : deny('not_found')
    },
    byHash(hash) {
      const row = [...keys.values()].find((each) => each.hash === hash)
      return Promise.resolve(row ? { id: row.id, stream: row.stream } : null)
    },
    seat(id) {
      const row = [...keys.values()].find((each) => each.id === id)
      return Promise.resolve({ stream: row?.stream ?? null, seen: tables.revocations.at(-1)?.seq ?? 0 })
    },
  }
}
