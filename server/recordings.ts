// The recordings of this process, put together: where they lie, who writes them, who reads them back.
import { join } from 'node:path'
import type { Pool } from 'pg'
import { createRecordings } from './adapters/pg/recordings.ts'
import { createDiskStorage } from './adapters/storage/disk.ts'
import type { Clock, Log, Random } from './app/ports.ts'
import type { Storage } from './app/video-ports.ts'
import type { Config } from './config.ts'
import { createLibrary } from './video/recording/library.ts'
import { createRecorder } from './video/recording/recorder.ts'

export async function openRecordings(
  config: Pick<Config, 'dataDir' | 'databaseUrl' | 'recording'>,
  deps: { pool: Pool; node: string; clock: Clock; random: Random; log: Log },
) {
  const { s3, ...options } = config.recording
  const rows = createRecordings(deps.pool)
  const { storage, origin } = s3 ? await openS3(s3) : { storage: onDisk(config.dataDir), origin: null }
  const alone = config.databaseUrl === null
  const recorder = createRecorder({ ...deps, ...options, rows, storage, alone })
  const library = createLibrary({ storage, rows, clock: deps.clock, live: recorder.live })
  return { rows, recorder, library, origin }
}

const onDisk = (dataDir: string): Storage => createDiskStorage(join(dataDir, 'recordings'))

/** Loaded where it is used: the vendor's code is as large as the rest of the server. */
async function openS3(s3: NonNullable<Config['recording']['s3']>) {
  const { openS3Storage } = await import('./adapters/storage/s3.ts')
  return openS3Storage(s3)
}
