import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseCommand } from '../../shared/protocol/commands.ts'
import { COMMAND_EXAMPLES } from '../../shared/protocol/examples.ts'
import { PAGES, fileOf } from './docs.ts'

test.each(PAGES)('$path is what the definitions print', async ({ path, print }) => {
  expect(await readFile(fileOf(path), 'utf8')).toBe(print())
})

test.each(Object.values(COMMAND_EXAMPLES))('the example of $t is taken by the server', (example) => {
  expect(parseCommand(JSON.stringify(example))).toEqual({ ok: true, command: example })
})
