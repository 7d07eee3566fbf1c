// Streams that Mux carries, on real databases, by the real SDK against a fake of what we use of Mux.
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Me } from '../../shared/api/identity.ts'
import type { IngestKey } from '../../shared/api/ingest.ts'
import type { StreamPage } from '../../shared/api/streams.ts'
import { engines } from './databases.ts'
import { signed, type MuxEvent } from './fake-mux.ts'
import { openMuxWorld, type MuxWorld } from './mux-world.ts'
import { createSeededRandom } from './random.ts'
import { openStore, type Store } from './store.ts'

const MINUTE = 60_000

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`Mux on ${engine.name}`, () => {
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
    beforeEach(() => {
      mux.access.mayWatch = true
      mux.fake.fail(null)
      mux.fake.turn(Date.now() - MINUTE)
    })
    const page = async (slug: string) => (await mux.host.get(`/api/streams/${slug}`)).body as StreamPage
    const stateOf = async (id: string) => (await store.streams.byId(id))?.state
    const told = (id: string) =>
      store.journal
        .latest(null, { kind: 'room', stream: id }, 10)
        .then(({ entries }) =>
          entries.map(({ event }) => (event.type === 'stream' ? event.state : event.type)),
        )

    test('V20 a new stream is carried by Mux, one from before by whoever carried it', async () => {
      const card = await mux.stream()
      expect((await store.streams.byId(card.id))?.provider).toBe('mux')
      const { playback } = await page(card.slug)
      expect(playback).toEqual({
        ...{ provider: 'mux', state: 'idle', push: null, dvr: null, expiresAt: null },
        ...{ hls: '', hlsPlain: '' },
      })
      const { title, description, startsAt } = card
      const slug = `before-${card.slug}`
      const before = { id: crypto.randomUUID(), slug, title, description, startsAt, host: card.host.id }
      await store.streams.create(before)
      expect((await page(before.slug)).playback).toMatchObject({ provider: 'local', push: '/push' })
      expect((await mux.host.get(`/api/streams/${before.slug}/ingest-key`)).status).toBe(404)
      expect((await mux.host.get(`/api/streams/${before.slug}/delivery`)).body).toMatchObject({
        provider: 'local',
      })
      expect((await mux.host.get(`/api/streams/${card.slug}/delivery`)).body).toEqual({
        ...{ provider: 'mux', behind: { fromSeconds: 5, toSeconds: 10 }, sending: null },
      })
    })

    test('V20 the live stream is made once, signed, with a window, when its host first wants to send', async () => {
      const card = await mux.stream()
      const at = `/api/streams/${card.slug}/ingest-key`
      const made = mux.fake.lives.size
      const keys = await Promise.all([mux.host.get(at), mux.host.get(at)])
      expect(keys.map(({ status }) => status)).toEqual([200, 200])
      expect(keys[0].body).toEqual(keys[1].body)
      expect(mux.fake.lives.size).toBe(made + 1)
      const live = mux.fake.lives.get((await mux.notes.of(card.id))?.live ?? '')
      expect(live).toMatchObject({ latency_mode: 'low', reconnect_window: 45, passthrough: card.id })
      expect(live?.playback_ids?.map(({ policy }) => policy)).toEqual(['signed'])
      expect(mux.fake.bodies.at(-1)).toMatchObject({ new_asset_settings: { playback_policies: ['signed'] } })
      const { servers, key, available } = keys[0].body as IngestKey
      expect(servers[0]).toEqual({ url: 'rtmps://global-live.mux.com:443/app', secure: true })
      expect({ key, available }).toEqual({ key: live?.stream_key, available: true })

      const reset = (await mux.host.post(`${at}/reset`)).body as IngestKey
      expect(reset.key).not.toBe(key)
      expect(reset.key).toBe(live?.stream_key)
    })

    test('V24 keys are for the host alone, and while Mux is away it is said so', async () => {
      const { card } = await mux.prepared()
      const at = `/api/streams/${card.slug}/ingest-key`
      expect((await mux.world.browser().get(at)).status).toBe(401)
      const guest = mux.world.browser()
      await guest.post('/api/guest', { name: 'Ada' })
      for (const reply of [await guest.get(at), await guest.post(`${at}/reset`)])
        expect(reply.body).toMatchObject({ code: 'not_allowed' })
      mux.fake.fail(503)
      expect((await mux.host.get(at)).body).toMatchObject({ code: 'unavailable' })
      expect(mux.lines.at(-1)).toContain('mux: look at live stream failed (503)')
    })

    test('V21 who may watch gets a signed address, who may not gets none', async () => {
      const { card } = await mux.prepared()
      const { playback } = await page(card.slug)
      const { hls, expiresAt } = playback
      const known = await mux.notes.of(card.id)
      expect(hls.split('?')[0]).toBe(`https://stream.mux.com/${known?.playback}.m3u8`)
      expect((expiresAt ?? 0) - Date.now()).toBeGreaterThan(5 * MINUTE)
      expect((expiresAt ?? 0) - Date.now()).toBeLessThanOrEqual(10 * MINUTE)
      mux.access.mayWatch = false
      expect((await page(card.slug)).playback).toMatchObject({ hls: '', hlsPlain: '', expiresAt: null })
    })

    /** A show up to its end: what Mux says last, of which any may come before any other. */
    async function lastFive() {
      const { card, live } = await mux.prepared()
      const connected = mux.fake.connects(live)
      expect(await mux.hook(connected)).toBe(204)
      const asset = [...mux.fake.assets.keys()].at(-1) ?? ''
      const events: MuxEvent[] = [
        mux.fake.plays(live),
        mux.fake.drops(live),
        mux.fake.assetReady(asset),
        mux.fake.idles(live),
        mux.fake.assetCompletes(asset),
      ]
      return { card, live, events }
    }

    test('V22 the last five webhooks of a show leave the same row in every order they can come in', async () => {
      const rows = new Set<string>()
      const entries = new Set<string>()
      for (const order of permutations([0, 1, 2, 3, 4])) {
        mux.fake.turn(Date.UTC(2026, 0, 1))
        const { card, events } = await lastFive()
        for (const n of order) expect(await mux.hook(events[n]!)).toBe(204)
        await expect.poll(() => stateOf(card.id)).toBe('ended')
        const { asset, ...row } = (await mux.row(card.id)) as { asset: Record<string, unknown> }
        // Two ids that Mux gives, and when we closed it there.
        rows.add(JSON.stringify({ ...row, asset: { ...asset, asset_id: 0, playback_id: 0 } }))
        entries.add(JSON.stringify(await told(card.id)))
      }
      expect([...rows]).toEqual([
        JSON.stringify({
          live: {
            newest: 'idle',
            newest_at: Date.UTC(2026, 0, 1, 0, 0, 5),
            active_at: Date.UTC(2026, 0, 1, 0, 0, 2),
            open: true,
          },
          stream: { state: 'ended' },
          asset: {
            asset_id: 0,
            newest_at: Date.UTC(2026, 0, 1, 0, 0, 6),
            ...{ ready: true, complete: true, errored: false, deleted: false, playback_id: 0 },
            duration_ms: 62_250,
            started_at: Date.UTC(2026, 0, 1, 0, 0, 2),
          },
        }),
      ])
      expect([...entries]).toEqual([JSON.stringify(['live', 'ended'])])
    })

    test('V22 a webhook that comes again changes nothing', async () => {
      const { card, events } = await lastFive()
      for (const event of events) expect(await mux.hook(event)).toBe(204)
      await expect.poll(() => stateOf(card.id)).toBe('ended')
      const kept = await store.db.admin('select count(*) as n from app.webhook')
      const before = [await mux.row(card.id), await told(card.id)]
      for (const event of [...events].reverse()) expect(await mux.hook(event)).toBe(204)
      expect([await mux.row(card.id), await told(card.id)]).toEqual(before)
      expect(await store.db.admin('select count(*) as n from app.webhook')).toEqual(kept)
    })

    test('V22 forged, stale, altered and unsigned webhooks are refused and change nothing', async () => {
      const { card, live } = await mux.prepared()
      const before = await mux.row(card.id)
      const kept = await store.db.admin('select count(*) as n from app.webhook')
      const event = mux.fake.plays(live)
      expect(await mux.hook(event, 'another-secret')).toBe(400)
      expect(await mux.hook(event, undefined, Date.now() - 6 * MINUTE)).toBe(400)
      const { body, headers } = signed(event, 'the-webhook-secret-of-a-test')
      // The same JSON, written by somebody who read it.
      expect(await mux.post(JSON.stringify(JSON.parse(body), null, 1), headers)).toBe(400)
      expect(await mux.post(`\uFEFF${body}`, headers)).toBe(400)
      expect(await mux.post(body, { 'content-type': 'application/json' })).toBe(400)
      expect(await mux.post(body, { ...headers, 'mux-signature': 'v1=1' })).toBe(400)
      expect(await mux.hook('"signed, and no event"')).toBe(400)
      expect(await mux.row(card.id)).toEqual(before)
      expect(await store.db.admin('select count(*) as n from app.webhook')).toEqual(kept)
      // Whatever its type is called: no browser sends it, and its bytes are signed.
      expect(await mux.post(body, { ...headers, 'content-type': 'text/plain' })).toBe(204)
      expect(await mux.row(card.id)).not.toEqual(before)
    })

    test('V22 an encoder that came and went without a picture leaves the stream as it was', async () => {
      const { card, live } = await mux.prepared()
      await mux.hook(mux.fake.connects(live))
      expect((await page(card.slug)).playback.state).toBe('connecting')
      await mux.hook(mux.fake.drops(live))
      await mux.hook(mux.fake.idles(live))
      expect((await page(card.slug)).playback.state).toBe('idle')
      expect(await told(card.id)).toEqual([])
      await mux.hook(mux.fake.connects(live))
      await mux.hook(mux.fake.plays(live))
      await expect.poll(() => stateOf(card.id)).toBe('live')
      await mux.hook(mux.fake.drops(live))
      expect((await page(card.slug)).playback.state).toBe('reconnecting')
    })

    test('V24 no key of Mux is in the database or in a line of the log', async () => {
      const { key, live, card } = await mux.prepared()
      const event = mux.fake.plays(live)
      await mux.hook(event)
      await mux.host.post(`/api/streams/${card.slug}/ingest-key/reset`)
      mux.fake.fail(500)
      await mux.host.get(`/api/streams/${card.slug}/ingest-key`)
      const { stream_key: streamKey, srt_passphrase: phrase } = mux.fake.lives.get(live)!
      const [target] = ('simulcast_targets' in event.data ? event.data.simulcast_targets : undefined) ?? []
      const secrets = [
        key.key,
        streamKey,
        phrase ?? '',
        target?.stream_key ?? '',
        mux.fake.credentials.secret,
      ]
      expect(secrets.every((secret) => secret.length > 8)).toBe(true)
      // They were in what came, so that not finding them says something.
      const came = JSON.stringify(event)
      expect(secrets.filter((secret) => came.includes(secret)).length).toBe(3)
      const tables = await store.db.admin(`select tablename as name from pg_tables where schemaname = 'app'`)
      const dumps = await Promise.all(
        tables.map(({ name }) =>
          store.db.admin(`select to_jsonb(t)::text as row from app.${String(name)} t`),
        ),
      )
      const everything = [...dumps.flat().map(({ row }) => String(row)), ...mux.lines].join('\n')
      expect(everything).toContain(live)
      expect(everything).toContain('mux: look at live stream failed (500)')
      expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
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
      await mux.forget()
      const { card, live } = await mux.prepared()
      mux.fake.turn(Date.now() - 10 * MINUTE)
      mux.fake.connects(live)
      mux.fake.plays(live)
      reconciling()
      await round(1)
      await expect.poll(() => stateOf(card.id)).toBe('live')

      mux.fake.idles(live)
      await round()
      await expect.poll(() => stateOf(card.id)).toBe('ended')

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
      await expect.poll(() => stateOf(card.id)).toBe('live')
      await mux.host.post(`/api/streams/${card.slug}/end`)
      await expect.poll(() => mux.fake.lives.get(live)?.status).toBe('disabled')
      await expect.poll(async () => (await mux.notes.of(card.id))?.closedAt).not.toBeNull()
      expect((await page(card.slug)).playback).toMatchObject({ state: 'ended', hls: '' })
      expect((await mux.host.get(`/api/streams/${card.slug}/ingest-key`)).status).toBe(409)
      const asked = mux.fake.asked.length
      await mux.host.post(`/api/streams/${card.slug}/end`)
      await mux.cases.close(card.id)
      expect(mux.fake.asked.length).toBe(asked)
    })

    test('V23 shows whose webhooks are lost, doubled and shuffled all end with their recording', async () => {
      await mux.forget()
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
        await expect.poll(() => stateOf(id)).toBe('ended')
        expect(await told(id)).toEqual(['live', 'ended'])
        await expect
          .poll(() => mux.cases.recordings(id))
          .toMatchObject([{ state: 'ready', durationMs: 62_250 }])
      }
    })

    test('V23 a Mux that is busy is asked later and later, and not at all while it says so', async () => {
      await mux.forget()
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
      await mux.forget()
      const { card, live, events } = await lastFive()
      for (const event of events) await mux.hook(event)
      await expect.poll(() => stateOf(card.id)).toBe('ended')
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

function permutations(of: readonly number[]): number[][] {
  if (of.length <= 1) return [[...of]]
  return of.flatMap((one) => permutations(of.filter((other) => other !== one)).map((rest) => [one, ...rest]))
}
