// Streams that Mux carries, on real databases, by the real SDK against a fake of what we use of Mux.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { IngestKey } from '../../shared/api/ingest.ts'
import { engines } from './databases.ts'
import { signed } from './fake-mux.ts'
import { openMuxWorld, type MuxWorld } from './mux-world.ts'
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

    test('V20 a new stream is carried by Mux, one from before by whoever carried it', async () => {
      const card = await mux.stream()
      expect((await store.streams.byId(card.id))?.provider).toBe('mux')
      const { playback } = await mux.page(card.slug)
      expect(playback).toEqual({
        ...{ provider: 'mux', state: 'idle', push: null, dvr: null, expiresAt: null },
        ...{ hls: '', hlsPlain: '' },
      })
      const { title, description, startsAt } = card
      const slug = `before-${card.slug}`
      const before = { id: crypto.randomUUID(), slug, title, description, startsAt, host: card.host.id }
      await store.streams.create(before)
      expect((await mux.page(before.slug)).playback).toMatchObject({ provider: 'local', push: '/push' })
      expect((await mux.host.get(`/api/streams/${before.slug}/ingest-key`)).body).toMatchObject({
        key: expect.stringContaining(before.id) as string,
      })
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
      const { playback } = await mux.page(card.slug)
      const { hls, expiresAt } = playback
      const known = await mux.notes.of(card.id)
      expect(hls.split('?')[0]).toBe(`https://stream.mux.com/${known?.playback}.m3u8`)
      expect((expiresAt ?? 0) - Date.now()).toBeGreaterThan(5 * MINUTE)
      expect((expiresAt ?? 0) - Date.now()).toBeLessThanOrEqual(10 * MINUTE)
      mux.access.mayWatch = false
      expect((await mux.page(card.slug)).playback).toMatchObject({ hls: '', hlsPlain: '', expiresAt: null })
    })

    test('V22 the last five webhooks of a show leave the same row in every order they can come in', async () => {
      const rows = new Set<string>()
      const entries = new Set<string>()
      for (const order of permutations([0, 1, 2, 3, 4])) {
        mux.fake.turn(Date.UTC(2026, 0, 1))
        const { card, events } = await mux.lastFive()
        for (const n of order) expect(await mux.hook(events[n]!)).toBe(204)
        await expect.poll(() => mux.stateOf(card.id)).toBe('ended')
        const { asset, ...row } = (await mux.row(card.id)) as { asset: Record<string, unknown> }
        // Two ids that Mux gives, and when we closed it there.
        rows.add(JSON.stringify({ ...row, asset: { ...asset, asset_id: 0, playback_id: 0 } }))
        entries.add(JSON.stringify(await mux.told(card.id)))
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
      const { card, events } = await mux.lastFive()
      for (const event of events) expect(await mux.hook(event)).toBe(204)
      await expect.poll(() => mux.stateOf(card.id)).toBe('ended')
      const kept = await store.db.admin('select count(*) as n from app.webhook')
      const before = [await mux.row(card.id), await mux.told(card.id)]
      for (const event of [...events].reverse()) expect(await mux.hook(event)).toBe(204)
      expect([await mux.row(card.id), await mux.told(card.id)]).toEqual(before)
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
      expect((await mux.page(card.slug)).playback.state).toBe('connecting')
      await mux.hook(mux.fake.drops(live))
      await mux.hook(mux.fake.idles(live))
      expect((await mux.page(card.slug)).playback.state).toBe('idle')
      expect(await mux.told(card.id)).toEqual([])
      await mux.hook(mux.fake.connects(live))
      await mux.hook(mux.fake.plays(live))
      await expect.poll(() => mux.stateOf(card.id)).toBe('live')
      await mux.hook(mux.fake.drops(live))
      expect((await mux.page(card.slug)).playback.state).toBe('reconnecting')
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
  })

function permutations(of: readonly number[]): number[][] {
  if (of.length <= 1) return [[...of]]
  return of.flatMap((one) => permutations(of.filter((other) => other !== one)).map((rest) => [one, ...rest]))
}
