// The unit of work. There are two ways into the database and no third: a transaction as somebody, whose reads are
// under row-level security, and one statement that is a function and names its own actors.
import type { Pool, PoolClient, QueryResultRow } from 'pg'
import type { PrincipalId } from '../../../shared/ids.ts'
import { DatabaseFault } from './fault.ts'

export type Query = <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

/** Runs `work` in a transaction as `principal` (null: a stranger). The identity is local to the transaction: it
 * cannot reach the next borrower of the connection. */
export async function asPrincipal<T>(
  pool: Pool,
  principal: PrincipalId | null,
  statement: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  let client: PoolClient | undefined
  try {
    client = await pool.connect()
    await client.query('begin')
    await client.query(`select set_config('app.pid', $1, true)`, [principal ?? ''])
    const value = await work(queryOn(client))
    await client.query('commit')
    client.release()
    return value
  } catch (error) {
    await rollback(client)
    throw error instanceof DatabaseFault ? error : new DatabaseFault(statement, error)
  }
}

/** One statement, one round trip, one transaction of its own. */
export async function call<Row extends QueryResultRow>(
  pool: Pool,
  statement: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    return (await pool.query<Row>(sql, [...values])).rows
  } catch (error) {
    throw new DatabaseFault(statement, error)
  }
}

function queryOn(client: PoolClient): Query {
  return async <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(sql, [...values])).rows
}

/** A connection that cannot even roll back is thrown away. */
async function rollback(client: PoolClient | undefined): Promise<void> {
  if (client === undefined) return
  try {
    await client.query('rollback')
    client.release()
  } catch {
    client.release(true)
  }
}
