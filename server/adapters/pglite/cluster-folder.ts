// The database's folder exists whole or not at all: it is made beside its place and moved there when it is done, so
// that a first start that was killed half-way is simply a first start again.
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { durable } from './durable-fs.ts'

export async function ensureCluster(folder: string): Promise<void> {
  if (existsSync(folder)) return
  const made = `${folder}.new`
  await rm(made, { recursive: true, force: true })
  await mkdir(made, { mode: 0o700 })
  const db = await PGlite.create(durable(made))
  await db.close()
  await syncAll(made)
  await rename(made, folder)
}

/** The engine fills a new folder without its own fsync. */
async function syncAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const file = await open(join(entry.parentPath, entry.name), 'r')
    await file.sync()
    await file.close()
  }
}
