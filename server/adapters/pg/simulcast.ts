// The targets of simulcast over Postgres.
import type { Pool } from 'pg'
import type { OwnTarget, SealedTarget, SimulcastTargets } from '../../app/simulcast-ports.ts'
import { act, asPrincipal, call } from './unit.ts'

export function createSimulcastTargets(pool: Pool): SimulcastTargets {
  return {
    ownedBy: (by, stream) =>
      asPrincipal(pool, by, 'own_simulcast_targets', (query) =>
        query<OwnTarget>('select t.id, t.name, t.url from app.own_simulcast_targets($1) t', [stream]),
      ),
    add(by, stream, { id, name, url, sealed }, most) {
      const sql = 'select app.add_simulcast_target($1, $2, $3, $4, $5, $6) as code'
      return act(pool, by, 'add_simulcast_target', sql, [stream, id, name, url, sealed, most])
    },
    remove: (by, stream, id) =>
      act(pool, by, 'remove_simulcast_target', 'select app.remove_simulcast_target($1, $2) as code', [
        stream,
        id,
      ]),
    of: (stream) =>
      call<SealedTarget>(
        pool,
        'simulcast_targets',
        'select t.id, t.url, t.sealed from app.simulcast_targets($1) t',
        [stream],
      ),
  }
}
