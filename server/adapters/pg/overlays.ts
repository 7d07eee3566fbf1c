// The keys of overlays over Postgres.
import type { Pool } from 'pg'
import type { OverlayKey, Overlays } from '../../app/overlay-ports.ts'
import type { StreamId } from '../../../shared/ids.ts'
import { deny, ok } from '../../../shared/protocol/index.ts'
import { act, asPrincipal, call } from './unit.ts'

export function createOverlays(pool: Pool): Overlays {
  return {
    set: (by, stream, hash) =>
      act(pool, by, 'set_overlay_key', 'select app.set_overlay_key($1, $2) as code', [stream, hash]),
    clear: (by, stream) =>
      act(pool, by, 'clear_overlay_key', 'select app.clear_overlay_key($1) as code', [stream]),
    async since(by, stream) {
      const [row] = await asPrincipal(pool, by, 'overlay_since', (query) =>
        query<{ since: number | null }>('select o.since from app.overlay_since($1) o', [stream]),
      )
      return row ? ok(row.since) : deny('not_found')
    },
    async byHash(hash) {
      const sql = 'select o.stream_id as stream, o.id from app.overlay_stream($1) o'
      const [row] = await call<OverlayKey>(pool, 'overlay_stream', sql, [hash])
      return row ?? null
    },
    async seat(id) {
      const sql = 'select o.stream_id as stream, o.seen from app.overlay_seat($1) o'
      const [row] = await call<{ stream: StreamId | null; seen: number }>(pool, 'overlay_seat', sql, [id])
      return row ?? { stream: null, seen: 0 }
    },
  }
}
