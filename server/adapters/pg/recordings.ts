// The rows of recordings over Postgres.
import type { Pool } from 'pg'
import type { RecordingRow, RecordingRows } from '../../app/recording-ports.ts'
import type { RecordingId } from '../../../shared/ids.ts'
import { act, call } from './unit.ts'

const COLUMNS = `r.id, r.stream_id as stream, r.prefix, r.provider, r.state, r.started_at as "startedAt",
  r.ended_at as "endedAt", r.whole_ms as "wholeMs", r.bytes, r.trim_start_ms as "startMs", r.trim_end_ms as "endMs",
  r.fault`
type Row = Omit<RecordingRow, 'trim'> & RecordingRow['trim']
type Id = { id: RecordingId }

const rowOf = ({ startMs, endMs, ...row }: Row): RecordingRow => ({ ...row, trim: { startMs, endMs } })
const idOf = ({ id }: Id) => id

export function createRecordings(pool: Pool): RecordingRows {
  const isYes = ([row]: { yes: boolean }[]) => row?.yes === true

  return {
    async begin({ id, stream, prefix, startedAt }, node) {
      const sql = 'select app.begin_recording($1, $2, $3, $4, to_timestamp($5::float8 / 1000)) as yes'
      return isYes(await call(pool, 'begin_recording', sql, [id, stream, prefix, node, startedAt]))
    },
    async beat(node, rows) {
      const sql = 'select app.beat_recordings($1, $2) as id'
      const values = rows.map(({ id, wholeMs, bytes, fault }) => ({ id, whole_ms: wholeMs, bytes, fault }))
      return (await call<Id>(pool, 'beat_recordings', sql, [node, JSON.stringify(values)])).map(idOf)
    },
    async finish(node, { id, state, wholeMs, bytes, fault, endedAt }) {
      const sql =
        'select app.finish_recording($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000)) as yes'
      return isYes(
        await call(pool, 'finish_recording', sql, [id, node, state, wholeMs, bytes, fault, endedAt]),
      )
    },
    async adopt(node, ms) {
      const sql = `select ${COLUMNS} from app.adopt_recordings($1, $2) r order by r.started_at`
      return (await call<Row>(pool, 'adopt_recordings', sql, [node, ms])).map(rowOf)
    },
    async ofStream(stream) {
      const sql = `select ${COLUMNS} from app.recordings_of($1) r order by r.started_at, r.id`
      return (await call<Row>(pool, 'recordings_of', sql, [stream])).map(rowOf)
    },
    trim: (by, id, { startMs, endMs }) =>
      act(pool, by, 'trim_recording', 'select app.trim_recording($1, $2, $3) as code', [id, startMs, endMs]),
    remove: (by, id) => act(pool, by, 'delete_recording', 'select app.delete_recording($1) as code', [id]),
    async expire(days) {
      const sql = 'select app.expire_recordings($1) as id'
      return (await call<Id>(pool, 'expire_recordings', sql, [days])).map(idOf)
    },
    async gone() {
      return (await call<Id>(pool, 'gone_recordings', 'select app.gone_recordings() as id')).map(idOf)
    },
    async forget(ids) {
      await call(pool, 'forget_recordings', 'select app.forget_recordings($1)', [ids])
    },
  }
}
