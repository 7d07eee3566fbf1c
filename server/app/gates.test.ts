import { createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { createInviteSecrets } from '../adapters/keys/invites.ts'
import { createMemoryGates } from '../adapters/memory/gates.ts'
import { createMemoryStreams } from '../adapters/memory/streams.ts'
import { createTables } from '../adapters/memory/tables.ts'
import { createCast } from '../test/cast.ts'
import { createHandClock } from '../test/clock.ts'
import { quickPasswords } from '../test/web-world.ts'
import type { GateKind } from '../../shared/api/gates.ts'
import { deny } from '../../shared/protocol/index.ts'
import { createGateCases, gateChange } from './gates.ts'
import { createLimiter, perMinute } from './limiter.ts'

const WORDS = 'open sesame'

async function world() {
  const clock = createHandClock(0)
  const tables = createTables()
  const streams = createMemoryStreams(tables, clock)
  const verified: (string | null)[] = []
  const passwords = quickPasswords(verified)
  const secrets = createInviteSecrets(createSecretKey(Buffer.alloc(32, 1)))
  const { person, stream } = createCast(tables, clock)
  const show = stream('show', 'hana')
  const limiter = (count: number) => createLimiter({ clock, rate: perMinute(count, count) })
  const cases = createGateCases({
    ...{ streams, gates: createMemoryGates(tables), secrets, passwords, clock },
    guests: { create: () => Promise.resolve(deny('unavailable')) },
    limits: { person: limiter(3), address: limiter(10) },
  })
  async function gate(kind: GateKind) {
    const former = tables.streams.get(show.id) ?? show
    const change = await gateChange(
      passwords,
      kind === 'passphrase' ? { kind, passphrase: WORDS } : { kind },
      former,
    )
    if (change.ok) await streams.edit(show.host.id, show.id, { gate: change.value })
  }
  async function enter(name: string | null, passphrase: string, { slug = 'show', address = 'here' } = {}) {
    const id = name === null ? '' : person(name)
    const row = tables.people.get(id)
    const entered = await cases.enter(
      slug,
      row ? { principal: row, session: `session of ${name}` } : null,
      address,
      {
        passphrase,
      },
    )
    return entered.ok ? 'in' : entered.denial.code
  }
  await gate('passphrase')
  return { clock, verified, gate, enter }
}

test('P41 guesses are counted by person, wherever they come from', async () => {
  const { enter, clock } = await world()
  const from = (address: string) => enter('ada', 'guess', { address })
  expect([await from('a'), await from('b'), await from('c')]).toEqual(Array(3).fill('passphrase_wrong'))
  expect(await enter('ada', WORDS, { address: 'd' })).toBe('rate_limited')
  await clock.advance(20_000)
  expect(await enter('ada', WORDS, { address: 'd' })).toBe('in')
})

test('P41 guesses are counted by address, whoever makes them', async () => {
  const { enter } = await world()
  const answers: string[] = []
  for (let n = 0; n < 11; n++) answers.push(await enter(n % 2 === 0 ? null : `guest ${n}`, 'guess'))
  expect(answers).toEqual([...Array<string>(10).fill('passphrase_wrong'), 'rate_limited'])
  expect(await enter('bob', WORDS)).toBe('rate_limited')
  expect(await enter('bob', WORDS, { address: 'elsewhere' })).toBe('in')
})

test('P41 a guess costs a comparison, whatever the stream asks for and whether it is there at all', async () => {
  const { enter, gate, verified } = await world()
  expect(await enter('ada', 'guess')).toBe('passphrase_wrong')
  await gate('members')
  expect(await enter('bob', WORDS)).toBe('passphrase_wrong')
  expect(await enter('eve', WORDS, { slug: 'nothing' })).toBe('not_found')
  expect(verified).toEqual([`hash of ${WORDS}`, null, null])
})

test('P41 whoever may watch anyway gave nothing wrong', async () => {
  const { enter, gate } = await world()
  expect(await enter('hana', 'guess')).toBe('in')
  await gate('public')
  expect([await enter('ada', 'guess'), await enter(null, 'guess')]).toEqual(['in', 'in'])
})
