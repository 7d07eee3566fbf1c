// What is found by asking Mux, and what is done there later: on real databases, by the real SDK against a fake.
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Me } from '../../shared/api/identity.ts'
import { engines } from './databases.ts'
import { openMuxWorld, type MuxWorld } from './mux-world.ts'
import { createSeededRandom } from './random.ts'
import { openStore, type Store } from './store.ts'

const MINUTE = 60_000

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`the reconciler of Mux on ${engine.name}`, () => {
    let store: Store
    let mux: MuxWorld
    beforeAll(async () => {
      store = await openStore(engine)
      mux = await openMuxWorld(store)
    })
    afterAll(async () => {
      await mux.close()
      await store.close()
    })
    beforeEach(async () => {
      await mux.forget()
      mux.fake.fail(null)
      mux.fake.turn(Date.now() - MINUTE)
    })

    const reconciling = () => onTestFinished(mux.reconciler().start())
    /** The next round of the reconciler, whole: when it is over its timer is there again. */
    async function round(ms = MINUTE) {
      await mux.age()
      const { clock } = mux.world
      const [before, timers] = [mux.fake.asked.length, clock.timers()]
      await clock.advance(ms)
      await expect.poll(() => clock.timers(), { timeout: 10_000 }).toBe(timers)
      expect(mux.fake.asked.length).toBeGreaterThan(before)
      return mux.fake.asked.slice(before)
    }

    test('V23 what lost webhooks left is repaired: a beginning, an end, a recording', async () => {
      const { card, live } = await mux.prepared()
      mux.fake.turn(Date.now() - 10 * MINUTE)
      mux.fake.connects(live)
      mux.fake.plays(live)
      reconciling()
      await round(1)
      await expect.poll(() => mux.stateOf(card.id)).toBe('live')

      mux.fake.idles(live)
      await round()
      await expect.poll(() => mux.stateOf(card.id)).toBe('ended')

      const [asset] = [...mux.fake.assets.values()].filter((one) => one.live_stream_id === live)
      mux.fake.assetReady(asset!.id)
      mux.fake.assetCompletes(asset!.id)
      await round()
      await expect
        .poll(() => mux.cases.recordings(card.id))
        .toMatchObject([{ state: 'ready', provider: 'mux', durationMs: 62_250, bytes: null, fault: null }])
      // Over here is over there: no encoder gets in any more.
      expect(mux.fake.lives.get(live)?.status).toBe('disabled')
      await expect.poll(async () => (await mux.notes.of(card.id))?.closedAt).not.toBeNull()
      await round()
      await expect.poll(() => mux.fake.asked.slice(-1)).toEqual(['GET /video/v1/live-streams'])
    })

    test('V23 a show that its host ends is ended at Mux at once, and a second time nothing is asked', async () => {
      const { card, live } = await mux.prepared()
      await mux.hook(mux.fake.connects(live))
      await mux.hook(mux.fake.plays(live))
      await expect.poll(() => mux.stateOf(card.id)).toBe('live')
      await mux.host.post(`/api/streams/${card.slug}/end`)
      await expect.poll(() => mux.fake.lives.get(live)?.status).toBe('disabled')
      await expect.poll(async () => (await mux.notes.of(card.id))?.closedAt).not.toBeNull()
      expect((await mux.page(card.slug)).playback).toMatchObject({ state: 'ended', hls: '' })
      expect((await mux.host.get(`/api/streams/${card.slug}/ingest-key`)).status).toBe(409)
      const asked = mux.fake.asked.length
      await mux.host.post(`/api/streams/${card.slug}/end`)
      await mux.cases.close(card.id)
      expect(mux.fake.asked.length).toBe(asked)
    })

    test('V23 shows whose webhooks are lost, doubled and shuffled all end with their recording', async () => {
      const random = createSeededRandom(6)
      const shows = []
      for (let n = 0; n < 12; n += 1) {
        mux.fake.turn(Date.now() - 10 * MINUTE)
        const { card, live } = await mux.prepared()
        const asset = () => mux.fake.lives.get(live)?.recent_asset_ids?.at(-1) ?? ''
        const events = [mux.fake.connects(live), mux.fake.plays(live), mux.fake.drops(live)]
        events.push(mux.fake.idles(live), mux.fake.assetReady(asset()), mux.fake.assetCompletes(asset()))
        shows.push({ card, events })
      }
      const sent = shows
        .flatMap(({ card, events }, n) => events.map((event) => ({ id: card.id, n, event })))
        .flatMap((one) =>
          Array.from({ length: random.below(3) }, () => ({ ...one, place: random.fraction() })),
        )
        .sort((one, other) => one.place - other.place)
        // Of some shows very little comes.
        .filter(({ n }) => n % 2 === 0 || random.below(4) === 0)
      for (const { event } of sent) expect(await mux.hook(event)).toBe(204)
      reconciling()
      for (const ms of [1, MINUTE, MINUTE]) await round(ms)
      const heard = new Set(sent.map(({ id }) => id))
      expect(heard.size).toBeGreaterThan(8)
      for (const id of heard) {
        await expect.poll(() => mux.stateOf(id)).toBe('ended')
        expect(await mux.told(id)).toEqual(['live', 'ended'])
        await expect
          .poll(() => mux.cases.recordings(id))
          .toMatchObject([{ state: 'ready', durationMs: 62_250 }])
      }
    })

    test('V23 a Mux that is busy is asked later and later, and not at all while it says so', async () => {
      const { live } = await mux.prepared()
      await mux.hook(mux.fake.connects(live))
      mux.fake.fail(429, { 'retry-after': '200', 'retry-after-ms': '1' })
      reconciling()
      await round(1)
      const before = mux.fake.asked.length
      await mux.age()
      await mux.world.clock.advance(199_000)
      expect(mux.fake.asked.length).toBe(before)
      mux.fake.fail(null)
      expect(await round(2_000)).toContain('GET /video/v1/live-streams')
    })

    test('V23 what its host ends, deletes or erases here is ended and deleted at Mux, even when it was away', async () => {
      const { card, live, events } = await mux.lastFive()
      for (const event of events) await mux.hook(event)
      await expect.poll(() => mux.stateOf(card.id)).toBe('ended')
      const [recording] = await mux.cases.recordings(card.id)
      const asset = [...mux.fake.assets.values()].find((one) => one.live_stream_id === live)!
      const guest = mux.world.browser()
      const made = (await guest.post('/api/guest', { name: 'Ada' })).body as Me
      const stranger = await store.people.find(made.principal?.id ?? '')
      const asked = mux.cases.deleteRecording({ principal: stranger!, session: 's' }, recording!.id)
      expect(await asked).toMatchObject({ ok: false, denial: { code: 'not_found' } })
      expect((await mux.host.ask('DELETE', `/api/streams/${card.slug}`)).status).toBeLessThan(300)
      expect(mux.fake.lives.has(live)).toBe(true)
      mux.fake.fail(503)
      reconciling()
      await round(1)
      mux.fake.fail(null)
      await round(10 * MINUTE)
      await expect
        .poll(() => [mux.fake.lives.has(live), mux.fake.assets.has(asset.id)])
        .toEqual([false, false])
      // Said late, it is not brought back.
      expect(await mux.hook(events[4]!)).toBe(204)
      expect(await mux.cases.recordings(card.id)).toEqual([])
    })
  })
