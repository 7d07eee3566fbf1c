import { expect, test } from 'vitest'
import { settle } from '../../test/clock.ts'
import { createWorld } from '../../test/harness.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'

async function cast() {
  const world = createWorld()
  world.moderator('mona')
  const [hana, mona, ada, bob] = await Promise.all(
    ['hana', 'mona', 'ada', 'bob'].map((name) => world.join(name)),
  )
  return { world, hana: hana!, mona: mona!, ada: ada!, bob: bob!, id: (name: string) => world.person(name) }
}

test('P1 a moderator whose act a person hears of in its thread is told no position of that thread', async () => {
  const { mona, ada, id } = await cast()
  for (let n = 0; n < 3; n++) await ada.ask({ t: 'whisper', text: `secret ${n}` })
  const target = id('ada')
  expect(await mona.ask({ t: 'timeout', target, seconds: 60 })).toMatchObject({ log: 'backstage', seq: 1 })
  expect(await mona.ask({ t: 'lift', target })).toMatchObject({ log: 'backstage', seq: 2 })
  expect(await mona.ask({ t: 'ban', target })).toMatchObject({ log: 'backstage', seq: 3 })
  expect(await mona.ask({ t: 'unban', target })).toMatchObject({ log: 'backstage', seq: 4 })
  await settle()
  expect(mona.raw.join()).not.toMatch(/secret|"seq":[5-9]/)
})

test('P13 who is held hears so in its thread; neither it nor a reporter learns a position backstage', async () => {
  const { hana, ada, bob } = await cast()
  const rude = await bob.ask({ t: 'say', text: 'rude' })
  await hana.ask({ t: 'rules', rules: { ...OPEN_RULES, review: true } })
  expect(await ada.ask({ t: 'say', text: 'hi' })).toMatchObject({
    t: 'ok',
    held: true,
    log: 'thread',
    seq: 1,
  })
  const target = (rude.t === 'ok' && rude.id) || ''
  const reported = await ada.ask({ t: 'report', target, reason: 'abuse' })
  expect(reported).toEqual({ t: 'ok', re: expect.any(String) as string, at: expect.any(Number) as number })
})
