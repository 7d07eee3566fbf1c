// A private Postgres for tests: its own data folder, a unix socket and no port, durable as in production. It dies
// with the process that started it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'

export type Cluster = {
  /** The folder of the socket: `pg` takes it as host. */
  host: string
  /** Ends every server process at once, as a crash would. */
  crash(): Promise<void>
  /** SIGKILL to the postmaster and all its children. */
  kill(): Promise<void>
  /** `smart` waits for sessions to end, `fast` ends them. */
  shutDown(mode: 'smart' | 'fast'): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

function findBinaries(): string | null {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(base, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ]
  return (
    folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ??
    null
  )
}

export const binaries = findBinaries()
/** Why Postgres cannot run here; null when it can. */
export const noPostgres = binaries === null ? 'no Postgres binaries on this machine' : null

type Owner = { uid: number; gid: number; prefix: string[] }

/** Postgres refuses to run as root. `pdeathsig`: a killed test run leaves no server behind. */
function owner(): Owner {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  if (uid !== 0) return { uid, gid, prefix: [] }
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  const other = { uid: id('-u'), gid: id('-g') }
  const ids = [`--reuid=${other.uid}`, `--regid=${other.gid}`, '--clear-groups']
  return { ...other, prefix: ['setpriv', ...ids, '--pdeathsig=INT'] }
}

/** `extra` are settings of its configuration, as `name=value`. With `copyOf` it begins as a base backup of another
 * cluster, and with `standby` it goes on following it. */
export async function startCluster(
  extra: readonly string[] = [],
  { copyOf, standby = false }: { copyOf?: Cluster; standby?: boolean } = {},
): Promise<Cluster> {
  if (binaries === null) throw new Error(noPostgres ?? '')
  const { uid, gid, prefix } = owner()
  const host = mkdtempSync(join(tmpdir(), 'stagedoor-pg-'))
  chownSync(host, uid, gid)
  const data = join(host, 'data')
  const run = (program: string, args: string[]): [string, string[]] => {
    const [command = '', ...rest] = [...prefix, join(binaries, program), ...args]
    return [command, rest]
  }
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  const backup = ['-h', copyOf?.host ?? '', '-U', 'postgres', '-D', data, '-c', 'fast', '--no-sync']
  if (copyOf)
    execFileSync(...run('pg_basebackup', standby ? [...backup, '-R'] : backup), { stdio: 'pipe', cwd: host })
  else execFileSync(...run('initdb', initdb), { stdio: 'pipe', cwd: host })
  let child: ChildProcess

  async function start() {
    const settings = [
      'listen_addresses=',
      `unix_socket_directories=${host}`,
      'max_connections=60',
      'log_min_messages=fatal',
      ...extra,
    ]
    child = spawn(...run('postgres', ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]), {
      stdio: 'ignore',
      cwd: host,
    })
    await answering(host, child)
  }
  const ended = (signal: NodeJS.Signals) =>
    new Promise<void>((done) => {
      child.once('exit', () => done())
      child.kill(signal)
      if (child.exitCode !== null || child.signalCode !== null) done()
    })
  await start()
  return {
    host,
    start,
    async kill() {
      const children = childrenOf(child.pid ?? 0)
      const gone = ended('SIGKILL')
      for (const pid of children) killIfThere(pid)
      await gone
    },
    shutDown: (mode) => ended(mode === 'smart' ? 'SIGTERM' : 'SIGINT'),
    // Immediate shutdown: no checkpoint, the next start recovers from the log.
    crash: () => ended('SIGQUIT'),
    async stop() {
      await ended('SIGINT')
      rmSync(host, { recursive: true, force: true })
    },
  }
}

/** From /proc: the processes that this one started. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === parent
      } catch {
        return false // gone meanwhile
      }
    })
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it followed its parent already
  }
}

async function answering(host: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`)
    const client = new Client({ host, user: 'postgres', database: 'postgres' })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await client.end().catch(() => undefined)
    }
  }
}

/** For `DATABASE_URL`: the cluster's own database, by its socket. */
export const urlOf = ({ host }: Cluster): string =>
  `postgres://postgres@localhost/postgres?host=${encodeURIComponent(host)}`
