// The nodes of one database, and which of them has the publisher of a stream.
import type { Pool } from 'pg'
import type { Nodes } from '../../app/relay-ports.ts'
import { LIMITS } from '../../../shared/protocol/index.ts'
import type { StreamState } from '../../../shared/protocol/events.ts'
import { call } from './unit.ts'

type Where = { node: string | null; host: string | null; port: number | null }

const addressOf = ({ node, host, port }: Where) =>
  node !== null && host !== null && port !== null ? { node, host, port } : null

export function createNodes(pool: Pool): Nodes {
  return {
    async beat({ node, host, port }) {
      await call(pool, 'beat_node', 'select app.beat_node($1, $2, $3)', [node, host, port])
    },
    async leave(node) {
      await call(pool, 'leave_node', 'select app.leave_node($1)', [node])
    },
    async find(node) {
      const sql = 'select n.node, n.host, n.port from app.node_at($1) n'
      const [row] = await call<Where>(pool, 'node_at', sql, [node])
      return row ? addressOf(row) : null
    },
    async airings(streams) {
      const sql = 'select a.state, a.node, a.host, a.port from app.airings($1, $2) a'
      const rows = await call<Where & { state: StreamState | null }>(pool, 'airings', sql, [
        streams,
        LIMITS.publisherGraceMs,
      ])
      return rows.map((row) => ({ state: row.state, node: row.node, at: addressOf(row) }))
    },
  }
}
