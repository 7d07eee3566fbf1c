// The web side whole, in memory: real use-cases, tokens and routes over a hand clock, and browsers to drive it.
import { createSecretKey } from 'node:crypto'
import { createTokens } from '../adapters/jose/index.ts'
import { digest } from '../adapters/keys/digest.ts'
import { createIngestMac } from '../adapters/keys/ingest-mac.ts'
import { createInviteSecrets } from '../adapters/keys/invites.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { createMemoryGates } from '../adapters/memory/gates.ts'
import { createSealer } from '../adapters/keys/sealer.ts'
import { createMemoryIngestRevisions } from '../adapters/memory/ingest.ts'
import { createMemorySimulcastTargets } from '../adapters/memory/simulcast.ts'
import { createMemoryOverlays } from '../adapters/memory/overlays.ts'
import { createMemoryRecordings } from '../adapters/memory/recordings.ts'
import { createTables } from '../adapters/memory/tables.ts'
import { createMemoryModeration } from '../adapters/memory/terms.ts'
import { createAccounts } from '../app/accounts.ts'
import { createAppend } from '../app/append.ts'
import { createDelayCases } from '../app/delays.ts'
import { createDeliveryCases } from '../app/delivery.ts'
import { createGateCases, hostsGate } from '../app/gates.ts'
import { createGuests } from '../app/guests.ts'
import { createIngestCases, type IngestDoor } from '../app/ingest.ts'
import { createInvites } from '../app/invites.ts'
import { createLimiter, perMinute } from '../app/limiter.ts'
import { createOverHttp, type ReadingPorts } from '../app/over-http.ts'
import { createOverlayCases } from '../app/overlay.ts'
import { createOwnTerms } from '../app/own-terms.ts'
import { createPasses } from '../app/passes.ts'
import { createProviders, type Elsewhere } from '../app/providers.ts'
import { createRecordingCases, withRecordings } from '../app/recordings.ts'
import type { Gates } from '../app/gate-ports.ts'
import type { Overlays } from '../app/overlay-ports.ts'
import type { Bus, Notice, Passwords, Random } from '../app/ports.ts'
import { createSessions } from '../app/sessions.ts'
import { createSimulcastCases } from '../app/simulcast.ts'
import { createStreamCases } from '../app/streams.ts'
import type { Delays, MediaFiles, Refusals } from '../app/video-ports.ts'
import type { StaticFiles } from '../app/web-ports.ts'
import { createHttp, type HttpDeps } from '../http/index.ts'
import { createDelays } from '../video/delays.ts'
import { createLibrary } from '../video/recording/library.ts'
import { createRecorder } from '../video/recording/recorder.ts'
import { ensureHost } from '../app/host.ts'
import type { SignUpPolicy } from '../../shared/api/identity.ts'
import { deny, ok } from '../../shared/protocol/index.ts'
import { fakeVideo } from './fake-video.ts'
import { createHandClock, type HandClock } from './clock.ts'
import { memoryNames } from './memory-names.ts'
import { memoryPeople } from './memory-people.ts'
import { memoryStreams } from './memory-streams.ts'
import { createHandStorage } from './media/recording.ts'
import { createSeededRandom } from './random.ts'
import type { Store } from './store.ts'
import { recordingLog } from './uws-server.ts'

export type Reply = { status: number; body: unknown; headers: Headers }
export type World = ReturnType<typeof createWorld>
export type Browser = ReturnType<World['browser']>

/** Hashing is the argon2 adapter's; here it only has to be told apart from the password. */
export const quickPasswords = (asked: (string | null)[] = []): Passwords => ({
  hash: (password) => Promise.resolve(`hash of ${password}`),
  verify(hash, password) {
    asked.push(hash)
    return Promise.resolve(hash === `hash of ${password}`)
  },
})

/** No video here, and no other nodes. */
export const NO_SHOW = { latencyOf: () => undefined, reach: undefined, atOrigin: undefined }

const nothingToRead: ReadingPorts = {
  reading: {
    history: () => Promise.resolve(null),
    search: () => Promise.resolve(ok([])),
    span: () => Promise.resolve({ entries: [], more: false, pinned: null }),
    card: () => Promise.resolve(null),
    team: () => Promise.resolve(null),
  },
  ownData: { profile: () => Promise.resolve(null), list: async function* () {} },
  logins: { isRecent: () => Promise.resolve(true) },
  erasure: {
    stream: () => Promise.resolve(deny('not_found')),
    person: () => Promise.resolve(deny('not_found')),
  },
}

export function createWorld(
  options: {
    publicUrl?: string
    signUp?: SignUpPolicy
    http?: Partial<HttpDeps>
    /** Real ones in place of memory. */
    store?: Pick<Store, 'people' | 'names' | 'streams' | 'journal'>
    /** Reading over HTTP is Postgres' alone: without it there is nothing to read. */
    reading?: ReadingPorts
    overlays?: Overlays
    gates?: Gates
    passwords?: Passwords
    startAt?: number
    random?: Random
    clock?: HandClock
    viewersOf?: (stream: string) => number
    door?: IngestDoor
    sending?: Parameters<typeof createSimulcastCases>[0]['sending']
    refusals?: Pick<Refusals, 'newest'>
    /** New streams are carried by this. */
    elsewhere?: Elsewhere
    delays?: Delays
  } = {},
) {
  const { publicUrl = 'https://stage.example', signUp = 'open' } = options
  const { startAt = Date.UTC(2026, 0, 1), random = createSeededRandom(1) } = options
  const clock = options.clock ?? createHandClock(startAt)
  const { log, faults } = recordingLog()
  const notices: Notice[] = []
  const verified: (string | null)[] = []
  const bus: Bus = { ...createMemoryBus(), publish: (notice) => notices.push(notice) }
  const tables = createTables()
  const memory = memoryPeople(tables)
  const people = options.store?.people ?? memory
  const names = options.store?.names ?? memoryNames(tables)
  const key = createSecretKey(Buffer.alloc(32, 1))
  const tokens = createTokens({ key, clock })
  const sessions = createSessions({ people, tokens, clock, random, bus })
  const limiter = (count: number, burst: number) => createLimiter({ clock, rate: perMinute(count, burst) })
  const guests = createGuests({ people, names, sessions, random, limit: limiter(30, 60) })
  const passwords = options.passwords ?? quickPasswords(verified)
  const accounts = createAccounts({
    ...{
      people,
      names,
      sessions,
      passwords,
      clock,
      random,
      digest,
      signUp,
    },
    limits: { signUp: limiter(10, 10), signInByAddress: limiter(10, 10), signInByAccount: limiter(10, 5) },
  })
  const invites = createInvites({ people, clock, random, digest, publicUrl, signUp })
  const show = memoryStreams(async (id) => (await people.find(id))?.name ?? '', clock.now)
  const store = options.store ?? show
  const studio = fakeVideo()
  const secrets = createInviteSecrets(key)
  const { act } = createAppend({ journal: store.journal, bus, clock, log, lanes: 1 })
  const providers = createProviders({
    ...{
      local: studio.video,
      here: studio.video,
      mux: options.elsewhere ?? null,
      streams: store.streams,
      log,
    },
  })
  const streams = createStreamCases({
    ...{ streams: store.streams, act, providers, grants: studio.grants },
    provider: options.elsewhere ? 'mux' : 'local',
    ...{ random, viewersOf: options.viewersOf ?? (() => 3), passwords },
    gateChanged() {
      bus.publish({ type: 'revoked' })
      return Promise.resolve()
    },
    hostsGate: hostsGate(secrets, publicUrl),
  })
  const gates = createGateCases({
    ...{ streams: store.streams, gates: options.gates ?? createMemoryGates(tables) },
    ...{ secrets, passwords, guests, clock },
    limits: { person: limiter(10, 10), address: limiter(30, 60) },
  })
  const passes = createPasses({ streams: store.streams, guests, tokens, clock, limit: limiter(120, 240) })
  const files: StaticFiles = { get: () => null }
  const media: MediaFiles = { get: () => Promise.resolve(null) }
  const storage = createHandStorage()
  const hosts = new Map<string, string>()
  const rows = createMemoryRecordings(clock, (stream) => hosts.get(stream) ?? null)
  const recorder = createRecorder({
    ...{ node: 'this', storage, rows, clock, random, log, on: true, reserve: 0, days: 0, alone: true },
  })
  const library = createLibrary({ storage, rows, clock, log, live: recorder.live })
  const mayWatch = options.http?.mayWatch ?? (() => Promise.resolve(true))
  const recordings = createRecordingCases({
    elsewhere: null,
    ...{ streams: store.streams, rows, library, sweep: recorder.sweep },
    ...{ thumbnails: recorder.thumbnails, limit: limiter(60, 60), release: () => undefined },
  })
  const { delays = createDelays({ clock, ...NO_SHOW }) } = options
  const reading = options.reading ?? nothingToRead
  const overHttp = createOverHttp({
    ...reading,
    erasure: withRecordings(reading.erasure, { release: () => undefined, sweep: recorder.sweep }),
    ...{ streams: store.streams, journal: store.journal, sessions, video: studio.video, clock, log },
  })
  const overlay = createOverlayCases({
    ...{ streams: store.streams, tokens, bus, clock, random, digest, publicUrl },
    overlays: options.overlays ?? createMemoryOverlays(tables, clock, random, store.streams.byId),
    limits: { keys: limiter(12, 12), passes: limiter(120, 240) },
  })
  const revisions = createMemoryIngestRevisions(tables, store.streams.byId)
  const ingest = createIngestCases({
    ...{ streams: store.streams, bus, revisions, mac: createIngestMac(key) },
    door: options.door ?? { servers: () => [], trouble: () => null },
    refusals: options.refusals ?? { newest: () => [] },
    publishing: () => null,
    limit: limiter(12, 12),
  })
  const sending = options.sending ?? { states: () => new Map(), refresh: () => undefined }
  const simulcast = createSimulcastCases({
    ...{ streams: store.streams, random, bus, sending },
    targets: createMemorySimulcastTargets(tables, store.streams.byId),
    sealer: createSealer(key, 'simulcast'),
    limit: limiter(12, 12),
  })
  const ownTerms = createOwnTerms(createMemoryModeration(tables))
  const http = createHttp({
    ownTerms,
    delays: createDelayCases({
      ...{ streams: store.streams, mayWatch, delays, limit: limiter(12, 1) },
      isHosted: ({ provider }) => options.elsewhere !== undefined && provider === 'mux',
    }),
    delivery: createDeliveryCases({
      ...{ streams: store.streams, mux: null, sending: () => null, delays, limit: limiter(30, 10) },
    }),
    ...{ muxHooks: null, videoOrigins: [] },
    ...overHttp,
    overlay,
    ingest,
    ...{ accounts, guests, sessions, invites, streams, gates, passes, files, media, clock, log, signUp },
    publicUrl,
    simulcast,
    allowedOrigins: [publicUrl],
    ...{ mayWatch, recordings, mayIndex: streams.mayIndex },
    ready: () => Promise.resolve(true),
    isUnavailable: (error) => error instanceof Error && error.message.includes('away'),
    ...options.http,
  })

  /** A browser on this site: it keeps its cookie and says where it comes from. */
  function browser(address = '192.0.2.1') {
    let cookie: string | null = null
    async function ask(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
      const headers = new Headers({
        ...(method === 'GET' ? {} : { origin: publicUrl }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === null ? {} : { cookie }),
        ...more,
      })
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const response = await http.fetch(new Request(publicUrl + path, init), { address })
      const [set] = response.headers.getSetCookie()
      if (set !== undefined) cookie = /max-age=0/i.test(set) ? null : (set.split(';')[0] ?? null)
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json')
      const reply: Reply = {
        status: response.status,
        body: isJson ? JSON.parse(text) : text,
        headers: response.headers,
      }
      return reply
    }
    return {
      get: (path: string, more?: Record<string, string>) => ask('GET', path, undefined, more),
      post: (path: string, body: unknown = {}, more?: Record<string, string>) =>
        ask('POST', path, body, more),
      patch: (path: string, body: unknown) => ask('PATCH', path, body),
      ask,
      cookie: () => cookie,
      /** Another browser with the same cookie. */
      steal: (stolen: string | null) => (cookie = stolen),
    }
  }

  return {
    ...{ revisions, mac: createIngestMac(key) },
    ...{ clock, people, tokens, sessions, key, http, faults, notices, verified, studio, browser },
    ...{ bus, random, revocations: tables.revocations },
    recording: { storage, rows, recorder, library, hosts },
    ...{ bus, random, providers, revocations: tables.revocations },
    ...{ ban: show.ban, failActs: show.failActs, journal: store.journal, streams: store.streams, log, act },
    /** What the rooms were told, in order. */
    told: () =>
      notices.flatMap((notice) =>
        notice.type === 'entries' ? notice.entries.map(({ event }) => event) : [],
      ),
    sessionCount: () => memory.sessionCount(),
    hostLink: () => ensureHost({ people, clock, random, digest, publicUrl }),
    /** A browser signed in as the host of this server. */
    async host(): Promise<ReturnType<typeof browser>> {
      const link = await ensureHost({ people, clock, random, digest, publicUrl })
      const signedIn = browser('192.0.2.99')
      await signedIn.post('/api/sign-in/link', { token: link?.split('#')[1] })
      return signedIn
    },
  }
}
