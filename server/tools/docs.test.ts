import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseCommand } from '../../shared/protocol/commands.ts'
import { COMMAND_EXAMPLES } from '../../shared/protocol/examples.ts'
import { PROTOCOL_PAGE, protocolPage } from './docs.ts'

test('PROTOCOL.md is what the definitions print', async () => {
  expect(await readFile(PROTOCOL_PAGE, 'utf8')).toBe(protocolPage())
})

test.each(Object.values(COMMAND_EXAMPLES))('the example of $t is taken by the server', (example) => {
  expect(parseCommand(JSON.stringify(example))).toEqual({ ok: true, command: example })
})
