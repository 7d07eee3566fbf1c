// The unit of work. There are two ways into the database and no third: as somebody or a stranger, whose reads are
// under row-level security, and one statement that is a function and names its own actors.
import { randomUUID } from 'node:crypto'
import { DatabaseError, type Pool, type PoolClient, type QueryResultRow } from 'pg'
import type { PrincipalId } from '../../../shared/ids.ts'
import { deny, ok, type ErrorCode, type Result } from '../../../shared/protocol/index.ts'
import { DatabaseFault } from './fault.ts'

export type Query = <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

/** Runs `work` in a transaction as `principal` (null: a stranger). The identity is local to the transaction: it
 * cannot reach the next borrower of the connection. */
export function asPrincipal<T>(
  pool: Pool,
  principal: PrincipalId | null,
  statement: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  return borrow(pool, statement, async (client) => {
    await client.query(`begin; select set_config('app.pid', ${client.escapeLiteral(principal ?? '')}, true)`)
    try {
      const value = await work(queryOn(client))
      await client.query('commit')
      return value
    } catch (error) {
      await client.query('rollback')
      throw error
    }
  })
}

/** One function as somebody, that says itself as `code` why it refuses; null: it is done. */
export async function act(
  pool: Pool,
  by: PrincipalId,
  statement: string,
  sql: string,
  values: readonly unknown[],
): Promise<Result<null>> {
  const [row] = await asPrincipal(pool, by, statement, (query) =>
    query<{ code: ErrorCode | null }>(sql, values),
  )
  return row?.code ? deny(row.code) : ok(null)
}

/** One statement as a stranger, under the policies of one: an identity ends with the transaction it was local to, so a
 * statement outside of any is nobody's. One round trip where a transaction takes three. */
export const asStranger = <Row extends QueryResultRow>(
  pool: Pool,
  statement: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => borrow(pool, statement, (client) => queryOn(client)<Row>(sql, values))

/** One statement, one round trip, one transaction of its own. */
export function call<Row extends QueryResultRow>(
  pool: Pool,
  statement: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return borrow(pool, statement, (client) => queryOn(client)<Row>(sql, values))
}

/** `call` for a statement that runs all the time: parsed and planned once per connection, under a name of that
 * connection's own, because the embedded engine keeps the names of connections that are gone. */
export function callPrepared<Row extends QueryResultRow>(
  pool: Pool,
  statement: string,
  sql: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return borrow(pool, statement, async (client) => {
    const name = `${statement}_${nameOf(client)}`
    return (await client.query<Row>({ name, text: sql, values: [...values] })).rows
  })
}

const names = new WeakMap<PoolClient, string>()
function nameOf(client: PoolClient): string {
  const name = names.get(client) ?? randomUUID()
  names.set(client, name)
  return name
}

/** A refused statement leaves its connection whole; any other failure throws the connection away. (`pool.query`
 * would throw it away after both, and the embedded engine has only one.) */
async function borrow<T>(pool: Pool, statement: string, use: (client: PoolClient) => Promise<T>): Promise<T> {
  let client: PoolClient | undefined
  try {
    client = await pool.connect()
    const value = await use(client)
    client.release()
    return value
  } catch (error) {
    client?.release(!(error instanceof DatabaseError && error.severity === 'ERROR'))
    throw error instanceof DatabaseFault ? error : new DatabaseFault(statement, error)
  }
}

function queryOn(client: PoolClient): Query {
  return async <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(sql, [...values])).rows
}
