import { expect, test } from 'vitest'
import { revoke } from '../adapters/memory/tables.ts'
import { settle } from '../test/clock.ts'
import { createWorld } from '../test/harness.ts'
import type { GateKind } from '../../shared/api/gates.ts'

function world() {
  const made = createWorld()
  const { tables, show } = made
  return {
    ...made,
    /** As another node changes it. `told`: with a revocation; a membership that runs out has none. */
    set(gate: GateKind, { told = true } = {}) {
      const row = tables.streams.get(show.id)
      if (row) tables.streams.set(show.id, { ...row, gate, gateRev: row.gateRev + 1 })
      if (told) revoke(tables, null, { kind: 'gate', stream: show.id })
    },
  }
}

test('P42 a gate that another node changed closes whom it keeps out, within a second, by the poll alone', async () => {
  const { clock, join, set } = world()
  const [ada, hana] = [await join('ada'), await join('hana')]
  set('accounts')
  await clock.advance(1_000)
  expect([ada.closed()?.code, hana.closed()]).toEqual([4401, null])
})

test('P40 whom the gate keeps out is refused at the door, with a pass of before', async () => {
  const { connect, pass, set } = world()
  const old = pass('ada')
  set('members')
  const client = connect()
  client.hello({ pass: old })
  await settle()
  expect(client.closed()?.code).toBe(4401)
})

test('P42 what ended without a word counts at the next renewal', async () => {
  const { join, pass, set } = world()
  const ada = await join('ada')
  set('members', { told: false })
  expect(await ada.ask({ t: 'renew', pass: pass('ada') })).toMatchObject({
    t: 'err',
    code: 'membership_needed',
  })
})

test('P40 commands of somebody who lost the right are refused, though the socket is still open', async () => {
  const { join, set } = world()
  const ada = await join('ada')
  set('accounts', { told: false })
  for (const command of [
    { t: 'say', text: 'hello' },
    { t: 'whisper', text: 'hello' },
    { t: 'react', emoji: '🔥' },
    { t: 'read', log: 'thread', from: 1, to: 1 },
  ] as const)
    expect(await ada.ask(command)).toMatchObject({ t: 'err', code: 'account_needed' })
})
