// The embedded engine: PGlite behind a unix socket, for one connection at a time. One, because the engine has one
// session, and a second connection's statements would replace the first one's unnamed ones half-way.
import { chmod, rm } from 'node:fs/promises'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { ensureCluster } from './cluster-folder.ts'
import { durable } from './durable-fs.ts'

export type Engine = {
  /** From here on the session is the server's role. Idempotent. */
  confine(): Promise<void>
  close(): Promise<void>
}

/** Opens the database (a folder, or an image of one in memory) and listens. `onFailure`: the engine broke and
 * will answer nothing any more. */
export async function openEngine(
  place: string | Blob,
  socket: string,
  onFailure: (error: unknown) => void,
): Promise<Engine> {
  if (typeof place === 'string') await ensureCluster(place)
  const options: PGliteOptions = typeof place === 'string' ? durable(place) : { loadDataDir: place }
  const db = await PGlite.create(options)
  failLoudly(db, onFailure)
  // A killed process leaves its socket file behind.
  await rm(socket, { force: true })
  // One is in use; a second is its successor while the first is still being closed.
  const server = new PGLiteSocketServer({ db, path: socket, maxConnections: 2 })
  await server.start()
  await chmod(socket, 0o600)
  return {
    async confine() {
      // Upkeep without ownership: checkpoints and vacuum, which a single-user engine does not start by itself.
      await db.exec('reset role; grant pg_checkpoint, pg_maintain to stagedoor_app; set role stagedoor_app')
    },
    async close() {
      await server.stop()
      await db.close()
    },
  }
}

/** A statement that fails is answered in the protocol; what is thrown here is the engine itself. The socket
 * server would keep its queue shut for ever after it. */
function failLoudly(db: PGlite, onFailure: (error: unknown) => void): void {
  const run = db.execProtocolRawStream.bind(db)
  db.execProtocolRawStream = async (...args) => {
    try {
      await run(...args)
    } catch (error) {
      onFailure(error)
      throw error
    }
  }
}
