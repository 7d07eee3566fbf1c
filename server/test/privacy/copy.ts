// A copy of the project with one thing broken in it, and its tests run there: do they notice?
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')
const COPIED = [
  ...['.config', 'client', 'package.json', 'package-lock.json'],
  ...['server', 'shared', 'sql', 'tsconfig.json'],
]
/** A leak shows within a few of them. */
const PAIRS = '40'

/** One place in one file. `find` must be there exactly once, or the sabotage has gone stale with the code. */
export type Edit = { file: string; find: string; put: string }
export type Sabotage = {
  says: string
  edits?: readonly Edit[]
  /** One more migration. */
  sql?: string
}
export type Copy = { folder: string; remove: () => void }

export function copyWith({ edits = [], sql }: Sabotage): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-sabotage-'))
  for (const name of COPIED) cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const { file, find, put } of edits) {
    const path = join(folder, file)
    const parts = readFileSync(path, 'utf8').split(find)
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${find}`)
    writeFileSync(path, parts.join(put))
  }
  if (sql !== undefined) {
    const next = readdirSync(join(folder, 'sql')).filter((name) => /^\d{6}_/.test(name)).length + 1
    const name = `${String(next).padStart(6, '0')}_sabotage.sql`
    writeFileSync(join(folder, 'sql', name), `set local role stagedoor_owner;\n${sql}\n`)
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** `build`: its tests start the built server. */
export type Suite = { project: 'unit' | 'system'; files: readonly string[]; name?: string; build?: true }
type Outcome = { passed: string[]; failed: string[]; broken: string[] }

/** Its server; what is broken is never in the client, so that takes the pages as they were built here. */
export async function buildIn(folder: string): Promise<void> {
  cpSync(join(root, 'dist/client'), join(folder, 'dist/client'), { recursive: true })
  await run('node', ['server/tools/build.mjs', '--server'], folder)
}

/** Runs tests of a copy. `broken`: files that did not even load, which proves nothing. */
export async function testIn(folder: string, { project, files, name }: Suite): Promise<Outcome> {
  const file = join(folder, 'report.json')
  const args = [
    ...['vitest', 'run', '--config', '.config/vitest.ts', '--project', project],
    ...[
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...(name === undefined ? [] : ['-t', name]),
      ...files,
    ],
  ]
  await run('npx', args, folder)
  type Report = {
    testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[]
  }
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report
  const named = (status: string) =>
    testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter((test) => test.status === status).map(({ fullName }) => fullName),
    )
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return { passed: named('passed'), failed: named('failed'), broken: broken.map((test) => test.name) }
}

/** Resolves when it ends, however it ends: the report tells. */
function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, NONINTERFERENCE_PAIRS: PAIRS, NONINTERFERENCE_SHRINK: 'no' }
  return new Promise((done) => spawn(command, args, { cwd, env, stdio: 'ignore' }).on('exit', () => done()))
}
