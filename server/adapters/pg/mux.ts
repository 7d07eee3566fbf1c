// Our notes about what is at Mux, over Postgres.
import type { Pool } from 'pg'
import type { MuxAssetRow, MuxFact, MuxNotes, MuxRow } from '../../app/mux-ports.ts'
import { act, asPrincipal, call, type Query } from './unit.ts'

const ROW = `r.stream_id as stream, r.live_id as live, r.playback_id as playback, r.newest,
  r.newest_at as "newestAt", r.active_at as "activeAt", r.closed_at as "closedAt", r.state`
const TIME = (n: number) => `to_timestamp($${n}::float8 / 1000)`

export function createMuxNotes(pool: Pool): MuxNotes {
  const rows = (statement: string, from: string, values: readonly unknown[]) =>
    call<MuxRow>(pool, statement, `select ${ROW} from ${from} r`, values)

  return {
    async keep(stream, live, playback) {
      const sql = 'select k.live_id as live, k.playback_id as playback from app.mux_keep($1, $2, $3) k'
      const [row] = await call<{ live: string; playback: string }>(pool, 'mux_keep', sql, [
        stream,
        live,
        playback,
      ])
      return row ?? null
    },
    async of(stream) {
      return (await rows('mux_of', 'app.mux_of($1)', [[stream]]))[0] ?? null
    },
    byLive: (lives) => rows('mux_by_live', 'app.mux_by_live($1)', [lives]),
    hear: ({ provider, id, type, object, at, payload }, fact) =>
      asPrincipal(pool, null, 'hear_webhook', async (query) => {
        const sql = `select app.keep_webhook($1, $2, $3, $4, ${TIME(5)}, $6) as fresh`
        const [row] = await query<{ fresh: boolean }>(sql, [
          ...[provider, id, type, object, at],
          JSON.stringify(payload),
        ])
        if (row?.fresh !== true) return false
        if (fact) await learn(query, fact)
        return true
      }),
    learn: (fact) => asPrincipal(pool, null, 'mux_learn', (query) => learn(query, fact)),
    due: (ms, count) => rows('mux_due', 'app.mux_due($1, $2)', [ms, count]),
    async closed(stream) {
      await call(pool, 'mux_closed', 'select app.mux_closed($1)', [stream])
    },
    assets(stream) {
      const sql = `select a.recording_id as recording, a.asset_id as id, a.ready, a.complete, a.errored,
          a.playback_id as playback, a.duration_ms as "durationMs", a.started_at as "startedAt"
        from app.mux_assets($1) a`
      return call<MuxAssetRow>(pool, 'mux_assets', sql, [stream])
    },
    forgetAsset: (by, recording) =>
      act(pool, by, 'mux_forget_asset', 'select app.mux_forget_asset($1) as code', [recording]),
    doomed: (ms, count) =>
      call<{ id: string; kind: 'live' | 'asset' }>(
        pool,
        'mux_doomed',
        'select d.id, d.kind from app.mux_doomed($1, $2) d',
        [ms, count],
      ),
    async gone(id) {
      await call(pool, 'mux_gone', 'select app.mux_gone($1)', [id])
    },
    async prune() {
      await call(pool, 'forget_webhooks', 'select app.forget_webhooks()')
    },
  }
}

async function learn(query: Query, fact: MuxFact): Promise<void> {
  if (fact.about === 'live') {
    await query(`select app.mux_live($1, $2, ${TIME(3)})`, [fact.live, fact.said, fact.at])
    return
  }
  const { id, live, ready, complete, errored, playback, durationMs, startedAt } = fact.asset
  const given = [live, id, fact.at, ready, complete, errored, fact.deleted, playback, durationMs, startedAt]
  await query(`select app.mux_asset($1, $2, ${TIME(3)}, $4, $5, $6, $7, $8, $9, ${TIME(10)})`, given)
}
