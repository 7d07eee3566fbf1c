// Erasing over Postgres, in steps that each fit into one statement's time. A step that was done stays done: what
// is interrupted goes on when it is asked for again.
import type { Pool } from 'pg'
import type { Erasure } from '../../app/reading-ports.ts'
import type { PrincipalId } from '../../../shared/ids.ts'
import { deny, ok, type ErrorCode, type Result } from '../../../shared/protocol/index.ts'
import { asPrincipal } from './unit.ts'

const STEP = 2_000

export function createErasure(pool: Pool): Erasure {
  return {
    stream: (by, stream) =>
      untilDone(() =>
        step(pool, by, 'erase_stream', 'select app.erase_stream($1, $2) as code', [stream, STEP]),
      ),
    person: (id) =>
      untilDone(async () => {
        const code = await step(pool, id, 'erase_me', 'select app.erase_me() as code', [])
        if (code !== 'more') return code
        await step(pool, id, 'erase_my_messages', 'select null as code from app.erase_my_messages($1)', [
          STEP,
        ])
        return code
      }),
  }
}

type Code = ErrorCode | 'more' | null

async function untilDone(next: () => Promise<Code>): Promise<Result<null>> {
  for (;;) {
    const code = await next()
    if (code === null) return ok(null)
    if (code !== 'more') return deny(code)
  }
}

async function step(
  pool: Pool,
  by: PrincipalId,
  statement: string,
  sql: string,
  values: readonly unknown[],
): Promise<Code> {
  const [row] = await asPrincipal(pool, by, statement, (query) => query<{ code: Code }>(sql, values))
  return row?.code ?? null
}
