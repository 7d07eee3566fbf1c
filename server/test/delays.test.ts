// Delay as viewers without push report it, at a real server: a gate, a show, and what its host is told.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Delivery } from '../../shared/api/streams.ts'
import { openHouse, ROOMY, type House } from './gates/house.ts'
import { startServer } from './server-process.ts'
import { guest } from './show.ts'

describe('delay over HTTP', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse(await startServer({ env: ROOMY }))
  }, 60_000)
  afterAll(() => house.close())
  const measured = async () =>
    (await house.host.call<Delivery>('GET', `/api/streams/${house.slug}/delivery`)).measured

  test('V40 reports of viewers reach their host as one spread, and only of who may watch', async () => {
    await expect.poll(async () => (await house.page()).stream.state, { timeout: 20_000 }).toBe('live')
    expect(await measured()).toBeNull()
    const path = `${house.at}/delay`
    for (const [kind, status] of Object.entries({ stranger: 401, banned: 404, guest: 204, account: 204 }))
      expect([kind, (await house.ask(kind as 'guest', path, { ms: 3_000 })).status]).toEqual([kind, status])
    expect((await house.ask('guest', path, { ms: 3_000 })).code).toBe('rate_limited')
    await house.gate('members')
    expect((await house.ask('member', path, { ms: 5_000 })).status).toBe(204)
    const late = await guest(house.server, 'Late')
    const answer = (slug: string) =>
      fetch(`${house.server.url}/api/streams/${slug}/delay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: late.cookie() },
        body: JSON.stringify({ ms: 9_000 }),
      })
    const refused = await answer(house.slug)
    expect(refused.status).toBe(404)
    expect(await refused.json()).toMatchObject({ code: 'not_found' })
    expect(await measured()).toEqual({ min: 3_000, p50: 3_000, p95: 5_000, max: 5_000, samples: 3 })
    // Not a word of who it was.
    const { text } = await house.ask('host', `${house.at}/delivery`)
    expect(text).not.toMatch(/[0-9a-f]{8}-/)
  })
})
