// REST: publishing with OBS or another encoder. Times are Unix milliseconds.

/** GET /api/streams/:slug/ingest-key (its host): where an encoder sends to, and with what key. `available` false:
 * nobody can call right now, and `says` why. POST .../ingest-key/reset answers the same with a new key; who publishes
 * with the former one is cut off at once. */
export type IngestKey = {
  servers: { url: string; secure: boolean }[]
  key: string
  available: boolean
  says: string | null
}
