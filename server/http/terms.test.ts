// A host's blocked terms over HTTP.
import { expect, test } from 'vitest'
import { createWorld } from '../test/web-world.ts'

const PATH = '/api/studio/terms'
const hold = (...patterns: string[]) => ({
  terms: patterns.map((pattern) => ({ pattern, action: 'hold' })),
})

test('P25 a host reads and replaces its blocked terms; they come back tidied', async () => {
  const world = createWorld()
  const host = await world.host()
  expect(await host.get(PATH)).toMatchObject({ status: 200, body: { terms: [] } })
  const typed = {
    terms: [...hold(' Spoiler ', 'who  dies', 'SPOILER').terms, { pattern: 'f*ck', action: 'refuse' }],
  }
  const kept = { terms: [...hold('SPOILER', 'who dies').terms, { pattern: 'f*ck', action: 'refuse' }] }
  expect(await host.ask('PUT', PATH, typed)).toMatchObject({ status: 200, body: kept })
  expect((await host.get(PATH)).body).toEqual(kept)
  expect(await host.ask('PUT', PATH, { terms: [] })).toMatchObject({ status: 200, body: { terms: [] } })
  expect((await host.get(PATH)).body).toEqual({ terms: [] })
})

test('P25 a pattern that cannot be is refused by its index, and nothing changes', async () => {
  const world = createWorld()
  const host = await world.host()
  await host.ask('PUT', PATH, hold('one'))
  const refused = [
    [hold('fine', '***'), 'terms.1.pattern'],
    [hold('a'.repeat(65)), 'terms.0.pattern'],
    [hold(''), 'terms.0.pattern'],
    [hold('a'.repeat(300)), 'terms.0.pattern'],
    [hold(...Array.from({ length: 501 }, (_, i) => `word${i}`)), 'terms'],
    [{ terms: [{ pattern: 'x', action: 'burn' }] }, 'terms.0.action'],
    [{ terms: [{ pattern: 'x', action: 'hold', regex: true }] }, 'terms.0.regex'],
    [{}, 'terms'],
  ] as const
  for (const [body, field] of refused)
    expect(await host.ask('PUT', PATH, body)).toMatchObject({
      status: 400,
      body: { code: 'bad_request', field },
    })
  expect((await host.get(PATH)).body).toEqual(hold('one'))
})

test('P25 blocked terms are a host’s own: nobody else reads or writes any', async () => {
  const world = createWorld()
  const stranger = world.browser()
  for (const ask of [() => stranger.get(PATH), () => stranger.ask('PUT', PATH, hold('x'))])
    expect(await ask()).toMatchObject({ status: 401, body: { code: 'sign_in' } })
  await stranger.post('/api/guest', { name: 'Ada' })
  for (const ask of [() => stranger.get(PATH), () => stranger.ask('PUT', PATH, hold('x'))])
    expect(await ask()).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
})
