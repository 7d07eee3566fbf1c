// The connection pool: sessions start in the unprivileged role, statements end, and a connection that dies is a
// log line instead of a crash.
import { Pool, types as builtin, type CustomTypesConfig } from 'pg'
import type { Log } from '../../app/ports.ts'

export type PoolConfig = {
  /** `postgres://...`, or the parts: a unix socket is a `host` that is its folder. */
  url?: string
  host?: string
  port?: number
  user?: string
  database?: string
  max: number
  /** The role sessions start in. Null keeps the login's own: migrations and nothing else. */
  role: 'stagedoor_app' | null
  applicationName: string
}

const { INT8, TIMESTAMPTZ } = builtin.builtins
const parseDate = builtin.getTypeParser(TIMESTAMPTZ) as (text: string) => Date

/** Counters as numbers (exact to 2^53), times as Unix milliseconds. */
const types: CustomTypesConfig = {
  getTypeParser(oid: typeof INT8, format?: 'text' | 'binary') {
    if (oid === INT8) return Number
    if (oid === TIMESTAMPTZ) return (text: string) => parseDate(text).getTime()
    return builtin.getTypeParser(oid, format) as (text: string) => unknown
  },
}

const LIMITS = ['statement_timeout=5000', 'lock_timeout=2000', 'idle_in_transaction_session_timeout=10000']

export function openPool(config: PoolConfig, log: Pick<Log, 'warn'>): Pool {
  const { url, role, applicationName, ...rest } = config
  const pool = new Pool({
    ...rest,
    ...(url === undefined ? {} : { connectionString: url }),
    application_name: applicationName,
    // The embedded engine ignores these: it has one session, which its worker confines.
    options: role === null ? '' : [...LIMITS, `role=${role}`].map((setting) => `-c ${setting}`).join(' '),
    // The server's own timeouts come first; this one is for a server that no longer answers.
    query_timeout: role === null ? 0 : 8_000,
    connectionTimeoutMillis: 3_000,
    types,
  })
  // On the pool for idle connections, on each client because a borrowed one has no listener of the pool.
  pool.on('error', (error) => log.warn('database.connection_lost', { reason: error.message }))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
