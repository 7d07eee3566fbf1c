// A node that carries its streams by Mux: the real SDK against the fake, a real database, the routes and the rooms.
import { generateKeyPairSync } from 'node:crypto'
import { createMux, type MuxConfig } from '../adapters/mux/index.ts'
import { createMuxNotes } from '../adapters/pg/mux.ts'
import { createReadingPorts } from '../adapters/pg/over-http.ts'
import { createLog } from '../adapters/pino/index.ts'
import { systemRandom } from '../adapters/system/index.ts'
import { createAiring } from '../app/airing.ts'
import { createDeliveryCases } from '../app/delivery.ts'
import { createLimiter, perMinute } from '../app/limiter.ts'
import { createMuxCases } from '../app/mux.ts'
import { createMuxHooks, createMuxVoice } from '../app/mux-hooks.ts'
import { createMuxReconciler } from '../app/mux-reconcile.ts'
import type { StreamCard, StreamPage } from '../../shared/api/streams.ts'
import type { IngestKey } from '../../shared/api/ingest.ts'
import { settle } from './clock.ts'
import { signed, startFakeMux, type MuxEvent } from './fake-mux.ts'
import type { Store } from './store.ts'
import { createWorld } from './web-world.ts'

export const RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const SECRET = 'the-webhook-secret-of-a-test'

export const muxConfig = (baseUrl: string, credentials: { id: string; secret: string }): MuxConfig => ({
  tokenId: credentials.id,
  tokenSecret: credentials.secret,
  webhookSecret: SECRET,
  signingKey: 'signing-key-of-a-test',
  privateKey: RSA.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  baseUrl,
  latency: 'low',
  reconnectSeconds: 45,
})

/** The same as a server is told of it. */
export const muxEnv = (config: MuxConfig): Record<string, string> => ({
  MUX_TOKEN_ID: config.tokenId,
  MUX_TOKEN_SECRET: config.tokenSecret,
  MUX_WEBHOOK_SECRET: config.webhookSecret,
  MUX_SIGNING_KEY: config.signingKey,
  MUX_PRIVATE_KEY: Buffer.from(config.privateKey).toString('base64'),
  MUX_BASE_URL: config.baseUrl ?? '',
})

export type MuxWorld = Awaited<ReturnType<typeof openMuxWorld>>

export async function openMuxWorld(store: Store) {
  const fake = await startFakeMux()
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } })
  const access = { mayWatch: true }
  const real = { now: Date.now, after: () => () => undefined }
  const api = createMux(muxConfig(fake.url, fake.credentials), real)
  const notes = createMuxNotes(store.db.pool)
  const voice = createMuxVoice()
  const { tell } = voice
  const cases = createMuxCases({
    ...{ api, notes, signer: api, latency: 'low', ingestUrl: null, log },
    mayWatch: () => Promise.resolve(access.mayWatch),
  })
  const hooks = createMuxHooks({ notes, signature: api, tell, log })
  const delivery = createDeliveryCases({
    ...{ streams: store.streams, mux: cases, sending: () => null },
    limit: createLimiter({ clock: real, rate: perMinute(1_000, 1_000) }),
  })
  const world = createWorld({
    store,
    elsewhere: { ...cases, onEvent: voice.onEvent },
    http: { muxHooks: hooks, delivery },
    reading: createReadingPorts(store.db.pool),
    startAt: Date.now(),
    random: systemRandom,
  })
  const { clock, bus, act } = world
  const video = world.providers.video
  const stopAiring = createAiring({
    ...{ node: systemRandom.uuid(), video, streams: store.streams },
    ...{ act, bus, clock, random: systemRandom, log },
  }).start()
  /** One that begins at once; it is another after each stop. */
  const reconciler = () =>
    createMuxReconciler({
      ...{ api, notes, close: cases.close, tell, reconnectMs: 45_000, clock, log },
      random: { fraction: () => 0 },
    })
  const host = await world.host()

  /** Streams have names of their own: the database is shared. */
  async function stream(): Promise<StreamCard> {
    const slug = `s-${systemRandom.uuid()}`
    return (await host.post('/api/streams', { title: 'Show', slug })).body as StreamCard
  }
  /** With its live stream at Mux. */
  async function prepared() {
    const card = await stream()
    const key = (await host.get(`/api/streams/${card.slug}/ingest-key`)).body as IngestKey
    const live = (await notes.of(card.id))?.live ?? ''
    return { card, key, live }
  }

  /** A show up to its end: what Mux says last, of which any may come before any other. */
  async function lastFive(hook: (event: MuxEvent) => Promise<number>) {
    const { card, live } = await prepared()
    await hook(fake.connects(live))
    const asset = [...fake.assets.keys()].at(-1) ?? ''
    const events: MuxEvent[] = [
      fake.plays(live),
      fake.drops(live),
      fake.assetReady(asset),
      fake.idles(live),
      fake.assetCompletes(asset),
    ]
    return { card, live, events }
  }

  return {
    ...{
      fake,
      lines,
      log,
      access,
      api,
      notes,
      cases,
      hooks,
      world,
      host,
      reconciler,
      store,
      stream,
      prepared,
    },
    /** Posts it as Mux does; the status of the answer. */
    async hook(event: MuxEvent | string, secret = SECRET, at?: number): Promise<number> {
      const { body, headers } = signed(event, secret, at)
      return this.post(body, headers)
    },
    page: async (slug: string) => (await host.get(`/api/streams/${slug}`)).body as StreamPage,
    stateOf: async (id: string) => (await store.streams.byId(id))?.state,
    /** What its room was told, oldest first. */
    async told(id: string) {
      const { entries } = await store.journal.latest(null, { kind: 'room', stream: id }, 10)
      return entries.map(({ event }) => (event.type === 'stream' ? event.state : event.type))
    },
    lastFive() {
      return lastFive((event) => this.hook(event))
    },
    async post(body: string, headers: Record<string, string>): Promise<number> {
      const request = new Request('https://stage.example/api/webhooks/mux', { method: 'POST', headers, body })
      const { status } = await world.http.fetch(request, { address: '192.0.2.7' })
      await settle()
      return status
    },
    /** Everything that is kept about a show, without what differs between shows. */
    async row(id: string): Promise<unknown> {
      const one = async (sql: string) => (await store.db.admin(sql, [id]))[0]
      return {
        live: await one(
          `select newest, nullif(newest_at, '-infinity') as newest_at, active_at, closed_at is null as open
           from app.mux_stream where stream_id = $1`,
        ),
        asset: await one(
          `select asset_id, newest_at, ready, complete, errored, deleted, playback_id, duration_ms, started_at
           from app.mux_asset where stream_id = $1`,
        ),
        stream: await one('select state from app.stream where id = $1'),
      }
    },
    /** As if nobody had looked for a while. */
    async age() {
      await store.db.admin(`update app.mux_stream set checked_at = checked_at - interval '5 minutes'`)
      await store.db.admin(`update app.mux_doomed set tried_at = tried_at - interval '5 minutes'`)
    },
    /** Streams of earlier tests: nobody looks at them any more. */
    async forget() {
      await store.db.admin('delete from app.mux_stream')
      await store.db.admin('delete from app.mux_doomed')
    },
    async close() {
      stopAiring()
      await fake.close()
    },
  }
}
