// After a restore the numbering goes on from an earlier place: positions of clients would point into a history
// that is gone. New epochs make every one of them start over with a snapshot (L4).
import type { Pool } from 'pg'

/** All streams; how many. Needs the login that migrates: the server's own role may not. */
export async function rotateEpochs(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ streams: number }>('select app.rotate_epochs()::int as streams')
  return rows[0]?.streams ?? 0
}
