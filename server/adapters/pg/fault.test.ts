import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { DatabaseFault, isRace, isUnavailable } from './fault.ts'

function refused(code: string, more: Partial<DatabaseError> = {}): DatabaseError {
  return Object.assign(new DatabaseError('said the database', 17, 'error'), { code, ...more })
}
const system = (code: string) => Object.assign(new Error(`connect ${code}`), { code })

test.each([
  ['connection refused', system('ECONNREFUSED'), true],
  ['no socket', system('ENOENT'), true],
  ['shutting down', refused('57P01'), true],
  ['starting up', refused('57P03'), true],
  ['too many connections', refused('53300'), true],
  ['statement timeout', refused('57014'), true],
  ['lock timeout', refused('55P03'), true],
  ['cut off', new Error('Connection terminated unexpectedly'), true],
  ['pool exhausted', new Error('timeout exceeded when trying to connect'), true],
  ['no answer', new Error('Query read timeout'), true],
  ['unique violation', refused('23505'), false],
  ['no rights', refused('42501'), false],
  ['a bug', new TypeError('x is not a function'), false],
  ['not an error', 'ECONNREFUSED', false],
])('M6 is the database away: %s', (_, cause, away) => {
  expect(isUnavailable(cause)).toBe(away)
  expect(isUnavailable(new DatabaseFault('append', cause))).toBe(away)
  expect(isUnavailable(new Error('outer', { cause: new DatabaseFault('append', cause) }))).toBe(away)
})

test('M5 only a lost race is run again', () => {
  const race = (error: DatabaseError) => isRace(new DatabaseFault('append', error))
  expect(race(refused('40P01'))).toBe(true)
  expect(race(refused('40001'))).toBe(true)
  expect(race(refused('23505', { constraint: 'message_cmid' }))).toBe(true)
  expect(race(refused('23505', { constraint: 'message_pkey' }))).toBe(false)
  expect(race(refused('57P01'))).toBe(false)
  expect(isRace(system('ECONNRESET'))).toBe(false)
})

test('O5 a fault names the statement and the code, and no value', () => {
  const cause = refused('23514', { detail: 'Failing row contains (secret)', where: 'secret', hint: 'secret', internalQuery: 'secret' }) // prettier-ignore
  const fault = new DatabaseFault('append', cause)
  expect(fault.message).toBe('database: append failed (23514)')
  expect(fault.code).toBe('23514')
  expect(JSON.stringify([fault, fault.cause], Object.getOwnPropertyNames(cause))).not.toContain('secret')
})
