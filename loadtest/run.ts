// `npm run loadtest`: how many viewers can it take?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findK6 } from './find-k6.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { runLoad } from './load.ts'
import { Stopped } from './door.ts'
import { createProgress } from './progress.ts'
import { pageOf } from './page.ts'
import { sheetOf, verdictOf } from './sheet.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

process.exit(await main())

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2))
  if (!parsed.ok) {
    if (parsed.help) console.log(HELP)
    for (const fault of parsed.faults) console.error(fault)
    return parsed.help ? 0 : 2
  }
  const k6 = findK6(process.env)
  if (!k6.ok) {
    console.error(k6.says)
    return 2
  }
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-load-'))
  try {
    return await measured(parsed.options, k6.path, folder)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    console.error(`It could not be measured: ${error.message}`)
    return 2
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured(options: Options, k6Path: string, folder: string): Promise<number> {
  const report = resolve(options.report ?? join(root, '.run/loadtest.html'))
  mkdirSync(join(root, '.run'), { recursive: true })
  mkdirSync(dirname(report), { recursive: true })
  const outcome = await runLoad({
    options,
    k6Path,
    folder,
    logs: join(root, '.run'),
    progress: createProgress(process.stderr, Date.now),
  })
  const { measured: figures, checks } = outcome
  for (const line of sheetOf(figures, checks)) console.log(line)
  writeFileSync(report, await pageOf({ ...outcome, options, at: new Date() }))
  console.log(`${relative(process.cwd(), report)} has the plots`)
  if (outcome.broke !== null) console.error(outcome.broke)
  return verdictOf(figures, checks) === 'PASS' && outcome.broke === null ? 0 : 1
}
