import { expect, test } from 'vitest'
import type { Delivery, StreamCard } from '../../shared/api/streams.ts'
import type { MayWatch } from '../app/watching.ts'
import { createWorld } from '../test/web-world.ts'

async function onAir() {
  const gone = { gate: false }
  const mayWatch: MayWatch = async (_stream, who) => (await who()) !== null && !gone.gate
  const reports: unknown[] = []
  const world = createWorld({
    http: { mayWatch },
    delays: {
      report: (...report) => Promise.resolve(void reports.push(report)),
      spread: () => Promise.resolve({ min: 1, p50: 2, p95: 3, max: 4, samples: 5 }),
    },
  })
  const host = await world.host()
  const card = (await host.post('/api/streams', { title: 'Tea at five' })).body as StreamCard
  const become = (state: 'live' | 'ended') => world.act(null, card.id, { type: 'state', state })
  async function guest() {
    const browser = world.browser()
    await browser.post('/api/guest', { name: 'Ada' })
    return browser
  }
  return { world, host, card, at: `/api/streams/${card.slug}/delay`, gone, become, guest, reports }
}

test('V40 a viewer says how far behind it is, once in five seconds, and its host alone reads the spread', async () => {
  const { world, host, at, card, become, guest, reports } = await onAir()
  await become('live')
  const ada = await guest()
  expect((await ada.post(at, { ms: 2_500.5 })).status).toBe(204)
  const soon = await ada.post(at, { ms: 2_500 })
  expect([soon.status, soon.headers.get('retry-after')]).toEqual([429, '5'])
  expect(soon.body).toMatchObject({ code: 'rate_limited', retryAfterMs: 5_000 })
  expect((await (await guest()).post(at, { ms: 700 })).status).toBe(204)
  await world.clock.advance(5_000)
  expect((await ada.post(at, { ms: 2_400 })).status).toBe(204)
  expect(reports).toEqual(
    [2_500.5, 700, 2_400].map((ms) => [card.id, expect.any(String) as string, ms, false]),
  )
  const delivery = `/api/streams/${card.slug}/delivery`
  expect(((await host.get(delivery)).body as Delivery).measured).toEqual({
    ...{ min: 1, p50: 2, p95: 3, max: 4, samples: 5 },
  })
  expect((await ada.get(delivery)).body).toMatchObject({ code: 'not_allowed' })
})

test('V40 whom the gate keeps out is answered as if there were no such stream; strangers are asked to sign in', async () => {
  const { world, at, gone, become, guest, reports } = await onAir()
  await become('live')
  gone.gate = true
  const refused = await (await guest()).post(at, { ms: 700 })
  const nothing = await (await guest()).post('/api/streams/nothing-here/delay', { ms: 700 })
  expect([refused.status, refused.body]).toEqual([nothing.status, nothing.body])
  expect(refused.status).toBe(404)
  expect([...refused.headers]).toEqual([...nothing.headers])
  expect((await world.browser().post(at, { ms: 700 })).status).toBe(401)
  expect(reports).toEqual([])
})

test('V40 what is no delay is refused, and outside the show nothing is kept', async () => {
  const { at, become, guest, reports } = await onAir()
  const bodies = [{}, { ms: -1 }, { ms: 60_001 }, { ms: '5' }, { ms: null }, { ms: 5, viewer: 'x' }, [5], 5]
  for (const body of bodies)
    expect([body, (await (await guest()).post(at, body)).status]).toEqual([body, 400])
  expect((await (await guest()).post(at, { ms: 5 })).status).toBe(204)
  await become('live')
  await become('ended')
  expect((await (await guest()).post(at, { ms: 5 })).status).toBe(204)
  expect(reports).toEqual([])
})
