// The data folder: where the database and its sockets live, and the lock that keeps a second process out.
import { createHash } from 'node:crypto'
import { chmod, mkdir, rm, stat } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export type Folder = {
  /** Made by the engine on the first start. */
  database: string
  /** The folder of the database's socket; `pg` takes it as host. */
  run: string
  socket: string
  unlock(): Promise<void>
}

/** The kernel's limit on a socket's path is 108 bytes, on some systems 104. */
const MAX_SOCKET_PATH = 100
const PG_SOCKET = '.s.PGSQL.5432'
/** Far longer than asking a dead socket and removing it. */
const CLEARING_MS = 10_000

/** Makes the folders, private to this user (the database's socket asks for no password), and takes the lock. */
export async function openFolder(dataDir: string): Promise<Folder> {
  const root = resolve(dataDir)
  const database = join(root, 'pglite')
  const run = await makeFolders(root).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`the data folder ${root} cannot be used (DATA_DIR): ${reason}`, { cause: error })
  })
  const lock = await takeLock(join(run, 'lock.sock'), root)
  return {
    database,
    run,
    socket: join(run, PG_SOCKET),
    unlock: () => new Promise((done) => lock.close(() => done())),
  }
}

async function makeFolders(root: string): Promise<string> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  const inside = join(root, 'run')
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const run =
    Buffer.byteLength(join(inside, PG_SOCKET)) <= MAX_SOCKET_PATH
      ? inside
      : join(tmpdir(), `stagedoor-${name}`)
  await mkdir(run, { recursive: true, mode: 0o700 })
  // The name in the temporary folder can be guessed: somebody else's folder there is not ours to use.
  if ((await stat(run)).uid !== process.getuid?.()) throw new Error(`${run} belongs to another user`)
  await chmod(run, 0o700)
  return run
}

/** The lock is a socket somebody listens on: the kernel lets go of it however the process ends, and unlike a
 * process id it is never somebody else's. */
async function takeLock(path: string, root: string): Promise<Server> {
  const inUse = (pid: string) =>
    new Error(
      `the data folder ${root} (DATA_DIR) is in use by another process${pid === '' ? '' : ` (pid ${pid})`}`,
    )
  const first = await listen(path)
  if (first) return first
  const holder = await ask(path)
  if (holder !== null) throw inUse(holder)
  // Left behind by a killed process. One at a time may clear it away: between asking and removing, somebody who
  // did the same could have taken the place.
  const clearing = `${path}.clearing`
  if (!(await claim(clearing))) throw inUse('')
  try {
    const racer = await ask(path)
    if (racer !== null) throw inUse(racer)
    await rm(path, { force: true })
    const second = await listen(path)
    if (!second) throw inUse('')
    return second
  } finally {
    await rm(clearing, { recursive: true, force: true })
  }
}

/** A folder is made by one alone. One that a killed process left behind counts for as long as clearing could take. */
async function claim(folder: string): Promise<boolean> {
  const made = () =>
    mkdir(folder).then(
      () => true,
      () => false,
    )
  if (await made()) return true
  const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }))
  if (Date.now() - mtimeMs < CLEARING_MS) return false
  await rm(folder, { recursive: true, force: true })
  return await made()
}

/** Null when the path is taken. */
function listen(path: string): Promise<Server | null> {
  return new Promise((done, fail) => {
    const server = createServer((peer) => {
      peer.on('error', () => undefined)
      peer.end(String(process.pid))
    })
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? done(null) : fail(error),
    )
    server.listen(path, () => {
      server.unref()
      done(server)
    })
  })
}

/** The process id of whoever listens there; null when nobody does. */
function ask(path: string): Promise<string | null> {
  return new Promise((done) => {
    let said = ''
    const socket = connect(path)
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('data', (bytes) => (said += bytes.toString()))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      done(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? null : ''),
    )
    socket.on('close', () => done(said))
  })
}
