// `npm test`: everything that must pass, in rooms that do not disturb each other, one after the other, and one closing
// line for people and machines. With CI=true a skipped test is a failure.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { provision } from './provision.ts'

const HELP = `usage: npm test [-- --only unit,system,e2e] [-- -t "name"]
Finds or installs what the suites need, runs them, ends with "N passed, N failed[, N skipped]".
"system" is "paired" (two files at a time) and "alone" (one after the other).`

const MESSAGE_CHARS = 1_000

type Assertion = {
  fullName: string
  status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo'
  failureMessages?: string[]
}
type Report = {
  testResults: { name: string; status: string; message?: string; assertionResults: Assertion[] }[]
}

const args = process.argv.slice(2)
if (args.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}
const onlyAt = args.indexOf('--only')
const suites = (onlyAt === -1 ? 'unit,system,e2e' : (args.splice(onlyAt, 2)[1] ?? ''))
  .split(',')
  .flatMap((suite) => (suite === 'system' ? ['paired', 'alone'] : [suite]))
const strict = process.env['CI'] === 'true'

provision()
await run('node', ['server/tools/build.mjs', '--if-stale'])

const folder = mkdtempSync(join(tmpdir(), 'stagedoor-test-'))
const totals = { passed: 0, failed: 0, skipped: 0 }
const skips: string[] = []
const failures: string[] = []
for (const suite of suites) {
  const file = join(folder, `${suite}.json`)
  const code = await run('npx', [
    ...['vitest', 'run', '--config', '.config/vitest.ts', '--project', suite],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`, '--passWithNoTests', ...args],
  ])
  count(read(file), code)
}
rmSync(folder, { recursive: true })

if (skips.length > 0) console.log(`\nskipped:\n${skips.map((name) => `  ${name}`).join('\n')}`)
// Once more at the end: of a long log often only the end is kept.
if (failures.length > 0) console.log(`\nfailed:\n${failures.join('\n')}`)
if (strict && totals.skipped > 0) {
  console.log('A skip is a failure here (CI=true).')
  totals.failed += totals.skipped
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`)
process.exit(totals.failed > 0 ? 1 : 0)

function count(report: Report | undefined, code: number): void {
  const before = totals.failed
  for (const file of report?.testResults ?? []) {
    // A file that could not even load has no assertions to count.
    if (file.status === 'failed' && file.assertionResults.length === 0) fail(file.name, [file.message ?? ''])
    for (const test of file.assertionResults) {
      if (test.status === 'passed') totals.passed += 1
      else if (test.status === 'failed') fail(`${file.name}: ${test.fullName}`, test.failureMessages)
      else {
        totals.skipped += 1
        skips.push(test.fullName)
      }
    }
  }
  // An unhandled rejection fails the run without failing a test.
  if (code !== 0 && totals.failed === before) fail('an error outside of every test: see above')
}

function fail(name: string, messages: readonly string[] = []): void {
  totals.failed += 1
  failures.push(
    `  ${name}\n${messages.map((message) => `    ${message.slice(0, MESSAGE_CHARS)}`).join('\n')}`,
  )
}

function read(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return undefined
  }
}

function run(command: string, commandArgs: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, commandArgs, { stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', () => resolve(1))
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
