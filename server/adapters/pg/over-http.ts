// The ports of reading and erasing over HTTP, on Postgres.
import type { Pool } from 'pg'
import { createErasure } from './erasure.ts'
import { createLogins, createOwnData } from './own-data.ts'
import { createReading } from './reading.ts'

export const createReadingPorts = (pool: Pool) => ({
  reading: createReading(pool),
  ownData: createOwnData(pool),
  logins: createLogins(pool),
  erasure: createErasure(pool),
})
