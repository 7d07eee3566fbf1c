// The key that signs sessions and passes: from the environment when nodes share it, else made once and kept in
// the data folder, readable by this user alone.
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const KEY_BYTES = 32

/** `fromEnv` is base64url. Rejects when the file is not a key: a new one would sign everybody out unasked. */
export async function loadKey(dataDir: string, fromEnv: string | null): Promise<KeyObject> {
  if (fromEnv !== null) return createSecretKey(Buffer.from(fromEnv, 'base64url'))
  const dir = join(dataDir, 'keys')
  const file = join(dir, 'session.key')
  const text = await readOrCreate(dir, file).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`the data folder ${dataDir} cannot be used (DATA_DIR): ${reason}`, { cause: error })
  })
  const bytes = Buffer.from(text.trim(), 'base64url')
  if (bytes.byteLength !== KEY_BYTES)
    throw new Error(
      `${file} is damaged. Restore it, or delete it to make a new key: everyone signs in again.`,
    )
  return createSecretKey(bytes)
}

async function readOrCreate(dir: string, file: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return (await read(file)) ?? (await create(file))
}

async function read(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Written aside and linked into place: of two nodes that start together one wins, and none reads half a key. */
async function create(file: string): Promise<string> {
  const text = randomBytes(KEY_BYTES).toString('base64url')
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(aside, `${text}\n`, { mode: 0o600, flush: true })
  try {
    await link(aside, file)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return await readFile(file, 'utf8')
  } finally {
    await rm(aside)
  }
}
