import { expect, test } from 'vitest'
import { createLog } from './index.ts'

function recorded(level = 'info') {
  const lines: string[] = []
  const log = createLog({ level, destination: { write: (line: string) => lines.push(line) } })
  return { log, lines, all: () => lines.join('') }
}
const CANARY = 'canary-7f3a'

test('O5 fields that hold secrets or words of people are redacted by name, at any depth', () => {
  const { log, all } = recorded()
  for (const name of [
    'password',
    'pass',
    'currentPassword',
    'token',
    'tokenHash',
    'cookie',
    'authorization',
    'grant',
    'key',
    'sessionKey',
    'text',
    'body',
    'message',
    'email',
    'invite',
    'link',
  ])
    log.warn('w', { [name]: CANARY, deep: { list: [{ [name]: CANARY }] } })
  expect(all()).not.toContain(CANARY)
  log.info('i', { stream: 'x', viewers: 3 })
  expect(all()).toContain('"stream":"x","viewers":3')
})

test('O5 tokens inside texts are recognised by their look', () => {
  const { log, all } = recorded()
  log.info('i', {
    url: `https://stage.example/enter#${CANARY}-abcdefgh`,
    header: `session=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI${CANARY}.sig`,
    database: `postgres://me:${CANARY}@db/x`,
  })
  expect(all()).not.toContain(CANARY)
})

test('O5 of an error only name, message, code, place and cause are kept', () => {
  const { log, all } = recorded()
  const refused = Object.assign(new Error('violates check', { cause: new TypeError('below') }), {
    code: '23514',
    detail: `Failing row contains (${CANARY})`,
    parameters: [CANARY],
  })
  const id = log.fault('append', new Error('outer', { cause: refused }))
  expect(all()).not.toContain(CANARY)
  const line = JSON.parse(all()) as { fault: string; error: { cause: { code: string; cause: unknown } } }
  expect(line.fault).toBe(id)
  expect(line.error.cause).toMatchObject({ code: '23514', cause: { name: 'TypeError', message: 'below' } })
  log.fault('odd', CANARY)
  expect(all()).not.toContain(CANARY)
})

test('faults are written at every level but silent', () => {
  const quiet = recorded('error')
  quiet.log.info('i')
  quiet.log.warn('w')
  quiet.log.fault('f', new Error('x'))
  expect(quiet.lines).toHaveLength(1)
  const silent = recorded('silent')
  silent.log.fault('f', new Error('x'))
  expect(silent.lines).toEqual([])
})

test('an object that holds itself does not hang the log', () => {
  const { log, lines } = recorded()
  const loop: Record<string, unknown> = {}
  loop['loop'] = loop
  log.info('i', loop)
  expect(lines).toHaveLength(1)
})
