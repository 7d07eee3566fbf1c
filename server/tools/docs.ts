// `npm run docs`: prints PROTOCOL.md from the protocol's definitions and PRIVACY.md from the privacy tables. `--check`
// only compares.
import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { toJsonSchema } from '@valibot/to-json-schema'
import { COMMANDS } from '../../shared/protocol/commands.ts'
import { describeProtocol } from '../../shared/protocol/describe.ts'
import type { FieldSchema } from '../../shared/protocol/describe.ts'
import { describePrivacy } from '../domain/privacy/describe.ts'

/** Every printed page: its path from the root, and how it is printed. */
export const PAGES: readonly { path: string; print: () => string }[] = [
  {
    path: 'shared/protocol/PROTOCOL.md',
    print: () =>
      describeProtocol((name) => toJsonSchema(COMMANDS[name], { errorMode: 'ignore' }) as FieldSchema),
  },
  { path: 'server/PRIVACY.md', print: describePrivacy },
]
export const fileOf = (path: string): URL => new URL(`../../${path}`, import.meta.url)

const HELP = `npm run docs                prints ${PAGES.map(({ path }) => path).join(' and ')} from the definitions
npm run docs -- --check     exits with 1 when a page is not current`

async function main(flags: readonly string[]): Promise<number> {
  if (flags.includes('--help')) {
    console.log(HELP)
    return 0
  }
  let stale = 0
  for (const { path, print } of PAGES) {
    const page = print()
    if (!flags.includes('--check')) await writeFile(fileOf(path), page)
    else if ((await readFile(fileOf(path), 'utf8')) !== page) {
      console.error(`${path} is not current: run \`npm run docs\`.`)
      stale++
    }
  }
  return stale === 0 ? 0 : 1
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href)
  process.exitCode = await main(argv.slice(2))
