// `npm run docs`: prints shared/protocol/PROTOCOL.md from the protocol's definitions. `--check` only compares.
import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { toJsonSchema } from '@valibot/to-json-schema'
import { COMMANDS } from '../../shared/protocol/commands.ts'
import { describeProtocol } from '../../shared/protocol/describe.ts'
import type { FieldSchema } from '../../shared/protocol/describe.ts'

export const PROTOCOL_PAGE = new URL('../../shared/protocol/PROTOCOL.md', import.meta.url)

export const protocolPage = (): string =>
  describeProtocol((name) => toJsonSchema(COMMANDS[name], { errorMode: 'ignore' }) as FieldSchema)

const HELP = `npm run docs                prints shared/protocol/PROTOCOL.md from the definitions
npm run docs -- --check     exits with 1 when the page is not current`

async function main(flags: readonly string[]): Promise<number> {
  if (flags.includes('--help')) {
    console.log(HELP)
    return 0
  }
  const page = protocolPage()
  if (!flags.includes('--check')) {
    await writeFile(PROTOCOL_PAGE, page)
    return 0
  }
  const current = (await readFile(PROTOCOL_PAGE, 'utf8')) === page
  if (!current) console.error('shared/protocol/PROTOCOL.md is not current: run `npm run docs`.')
  return current ? 0 : 1
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href)
  process.exitCode = await main(argv.slice(2))
