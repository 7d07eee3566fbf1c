// The composition root: the only file that knows every name. Reads top to bottom: what is opened, what is built,
// what is served; what was opened last is closed first, on the way out and when a start fails half-way.
import { createPasswords } from './adapters/argon2/index.ts'
import { createFiles } from './adapters/files/index.ts'
import { createTokens } from './adapters/jose/index.ts'
import { digest } from './adapters/keys/digest.ts'
import { loadKey } from './adapters/keys/index.ts'
import { createInviteSecrets } from './adapters/keys/invites.ts'
import { markOf } from './adapters/keys/mark.ts'
import { createMemoryBus } from './adapters/memory/bus.ts'
import { isUnavailable } from './adapters/pg/fault.ts'
import { createGates } from './adapters/pg/gates.ts'
import { createJournal } from './adapters/pg/journal.ts'
import { createKeys } from './adapters/pg/keys.ts'
import { createNames } from './adapters/pg/names.ts'
import { createNodes } from './adapters/pg/nodes.ts'
import { createOverlays } from './adapters/pg/overlays.ts'
import { createReadingPorts } from './adapters/pg/over-http.ts'
import { createPeople } from './adapters/pg/people.ts'
import { createRights } from './adapters/pg/rights.ts'
import { createStreams } from './adapters/pg/streams.ts'
import { createModeration } from './adapters/pg/terms.ts'
import { createRedisBus, createRedisClusterBus } from './adapters/redis/bus.ts'
import { createRelaySecrets } from './adapters/relay/secrets.ts'
import { dialTcp } from './adapters/relay/tcp.ts'
import { systemClock as clock, systemRandom as random } from './adapters/system/index.ts'
import { networkOrigins } from './adapters/system/network.ts'
import { createDial } from './adapters/rtmp/dial.ts'
import { createUws } from './adapters/uws/index.ts'
import { createAccounts } from './app/accounts.ts'
import { createAiring } from './app/airing.ts'
import { createAppend } from './app/append.ts'
import { createDelayCases } from './app/delays.ts'
import { createDeliveryCases } from './app/delivery.ts'
import { createGateCases, hostsGate } from './app/gates.ts'
import { createGuests } from './app/guests.ts'
import { ensureHost } from './app/host.ts'
import { createInvites } from './app/invites.ts'
import { agreeOnKey } from './app/key.ts'
import { createLimiter, perMinute } from './app/limiter.ts'
import { skeletonise } from './app/names.ts'
import { createOwnTerms } from './app/own-terms.ts'
import { createOverHttp } from './app/over-http.ts'
import { createOverlayCases } from './app/overlay.ts'
import { createPasses } from './app/passes.ts'
import type { Log, PassClaims, Topics } from './app/ports.ts'
import { createProviders } from './app/providers.ts'
import { createRecordingCases, withRecordings } from './app/recordings.ts'
import { createSessions } from './app/sessions.ts'
import { createStreamCases } from './app/streams.ts'
import { createKnownTerms } from './app/terms.ts'
import { createMayWatch } from './app/watching.ts'
import type { Config } from './config.ts'
import { openDatabase } from './database.ts'
import { createEncoders } from './encoders.ts'
import { createHttp } from './http/index.ts'
import { openLadder } from './ladder.ts'
import { MUX_ORIGIN, openMux } from './mux.ts'
import { openRecordings } from './recordings.ts'
import { createAdmissions } from './realtime/admissions.ts'
import { createChat } from './realtime/chat.ts'
import { chatLimits } from './realtime/limits.ts'
import { createRevocations } from './realtime/revocations.ts'
import { openSecondLook } from './realtime/second-look.ts'
import { openRelay } from './relay.ts'
import { createReleasers } from './releasers.ts'
import { createSimulcast } from './simulcast.ts'
import { createLocalVideo } from './video/live.ts'
import { createPusher } from './video/rtmp/publisher.ts'

/** Where the built files are: they differ between a build and development. */
export type Places = { client: string; migrations: string; pgliteWorker: URL }
export type Server = {
  /** What the person at the terminal needs to know. */
  greeting: string[]
  close(): Promise<void>
}

const MAX_BODY_BYTES = 64 * 1024
/** For what is in the lane, and then for requests and sockets. The process ends a little later in any case. */
const COMMIT_GRACE_MS = 3_000
const GRACE_MS = 8_000

const wait = (ms: number) => new Promise<void>((done) => clock.after(ms, done))

export async function start(
  config: Config,
  places: Places,
  log: Log,
  onFailure: (error: Error) => void,
): Promise<Server> {
  const { publicUrl, signUp, limits } = config
  const releasers = createReleasers()
  // Without a public address it is a trial on somebody's own network: phones come by the machine's addresses.
  const network = config.isTrial ? networkOrigins(config.port) : []
  const allowedOrigins = [...config.allowedOrigins, ...network]
  try {
    const key = await loadKey(config.dataDir, config.sessionKey)
    const { pool, ...database } = await openDatabase({
      ...config,
      ...places,
      url: config.databaseUrl,
      connections: config.databaseConnections,
      clock,
      log,
      onFailure,
    })
    releasers.add(database.close)
    await agreeOnKey({ keys: createKeys(pool), mark: markOf(key), alone: config.databaseUrl === null, log })
    const redis = openRedis(config, log)
    if (redis) releasers.add(redis.close)
    const bus = redis ?? createMemoryBus()
    const files = await createFiles(places.client)
    const passwords = await createPasswords(random.token(32))

    const tokens = createTokens({ key, clock })
    const people = createPeople(pool)
    const names = createNames(pool)
    await skeletonise(names)
    const streams = createStreams(pool)
    const journal = createJournal(pool)
    const overlays = createOverlays(pool)
    const rights = createRights(pool)
    const moderation = createModeration(pool)
    const admission = createAdmissions({ rights, clock })
    const revocations = createRevocations({ rights, bus, clock, log })
    releasers.add(revocations.stop)
    await revocations.begin()
    // The embedded database has one connection; others need theirs while commits hang.
    const lanes = config.databaseUrl === null ? 1 : Math.max(1, Math.floor(config.databaseConnections / 2))
    const append = createAppend({ journal, bus, clock, log, lanes })
    const sessions = createSessions({ people, tokens, clock, random, bus })

    // The sockets publish through the transport, which is built last because it serves them.
    const topics: Topics = { publish: (topic, frame) => uws.topics.publish(topic, frame) }
    const shared = {
      admission,
      bus,
      clock,
      journal,
      log,
      overlays,
      people,
      random,
      revocations,
      streams,
      tokens,
      topics,
    }

    const terms = createKnownTerms({ moderation, digest })
    const chat = createChat({ ...shared, append, terms, limits: chatLimits(limits) })
    releasers.add(chat.stop)
    const viewersOf = chat.viewers

    const mayWatch = async (claims: PassClaims) => {
      const { person, banned, refused } = await admission(claims)
      return person?.id === claims.principal && !banned && refused === null
    }
    const node = random.uuid()
    const recorded = await openRecordings(config, { ...shared, pool, node })
    const { recorder, library } = recorded
    // What is still on its way into the storage when the time is over is lost like what a crash takes.
    releasers.add(() => Promise.race([recorder.close(), wait(COMMIT_GRACE_MS)]))
    const nodes = createNodes(pool)
    // Nobody else can be on the embedded database.
    const between =
      config.databaseUrl === null
        ? undefined
        : { node, nodes, bus, secrets: createRelaySecrets(key), dial: dialTcp }
    const video = createLocalVideo({
      ...shared,
      // Mux keeps recordings of its own.
      tape: config.mux === null ? recorder.tape : () => null,
      mayWatch,
      secondLook: openSecondLook(shared),
      viewersOf,
      startedAt: async (stream) => (await streams.byId(stream))?.startedAt ?? null,
      between,
      limits: { maxBitsPerSecond: limits.ingestKbps * 1_000 },
    })
    releasers.add(video.close)
    const encoders = createEncoders({ ...shared, config, key, pool, video })
    const mayWatchAs = createMayWatch(shared)
    const pusher = createPusher({ clock, random, dial: createDial() })
    const mux = config.mux && openMux(config.mux, { ...shared, pool, mayWatch: mayWatchAs, pusher })
    const providers = createProviders({
      ...shared,
      local: video.provider,
      here: video.here,
      mux: mux && mux.elsewhere,
    })
    const sender = mux?.relay(providers.isMux)
    if (sender) video.onShow(sender.show)
    const ladder = await openLadder({ ...shared, config, video, isElsewhere: providers.isMux })
    releasers.add(ladder.close)
    const simulcast = createSimulcast({ ...shared, config, key, pool, video })
    releasers.add(simulcast.close)
    const { act } = append
    const airing = createAiring({ ...shared, node, act, video: providers.video })
    if (video.relay)
      releasers.add(await openRelay({ config, node, nodes, pool, clock, log, relay: video.relay }))

    const perAddress = (count: number, burst: number) =>
      createLimiter({ clock, rate: perMinute(count, burst) })
    const signIns = () => perAddress(limits.signInsPerMinute, limits.signInsPerMinute)
    const accountLimits = { signUp: signIns(), signInByAddress: signIns(), signInByAccount: signIns() }
    const identity = { people, names, sessions, passwords, clock, random, digest, signUp, publicUrl }
    const guests = createGuests({
      ...identity,
      limit: perAddress(limits.guestsPerMinute, 2 * limits.guestsPerMinute),
    })
    const secrets = createInviteSecrets(key)
    const gateChanged = async () => {
      bus.publish({ type: 'revoked' })
      // The change is made: with the database away from here on, the next poll tells this node.
      await revocations.current().catch((error: unknown) => log.fault('gate', error))
    }
    const passLimit = perAddress(limits.passesPerMinute, 2 * limits.passesPerMinute)
    const reading = createReadingPorts(pool)
    const streamCases = createStreamCases({
      ...shared,
      ...video,
      act,
      viewersOf,
      passwords,
      hostsGate: hostsGate(secrets, publicUrl),
      gateChanged,
      providers,
      provider: mux ? 'mux' : 'local',
    })
    const http = createHttp({
      ...identity,
      ...createOverHttp({
        ...{ ...shared, ...reading, sessions, video: providers.video },
        erasure: withRecordings(reading.erasure, { release: video.release, sweep: recorder.sweep }),
      }),
      overlay: createOverlayCases({
        ...{ ...shared, ...identity },
        limits: {
          keys: perAddress(12, 12),
          passes: perAddress(limits.passesPerMinute, 2 * limits.passesPerMinute),
        },
      }),
      log,
      files,
      isUnavailable,
      allowedOrigins,
      accounts: createAccounts({ ...identity, limits: accountLimits }),
      guests,
      invites: createInvites(identity),
      gates: createGateCases({
        ...{ streams, gates: createGates(pool), secrets, passwords, guests, clock },
        limits: {
          person: perAddress(10, 10),
          address: perAddress(limits.guestsPerMinute, 2 * limits.guestsPerMinute),
        },
      }),
      ownTerms: createOwnTerms(moderation),
      passes: createPasses({ streams, guests, tokens, clock, limit: passLimit }),
      streams: streamCases,
      mayIndex: streamCases.mayIndex,
      ingest: encoders.ingest,
      media: {
        get: async (stream, file, query) =>
          (await video.files.get(stream, file, query)) ?? library.file(stream, file),
      },
      mayWatch: mayWatchAs,
      delays: createDelayCases({
        ...{ streams, mayWatch: mayWatchAs, delays: video.delays, limit: perAddress(12, 1) },
        isHosted: ({ provider }) => mux !== null && provider === 'mux',
      }),
      delivery: createDeliveryCases({
        ...{ streams, delays: video.delays },
        mux: mux && mux.cases,
        sending: (stream) => sender?.sending(stream) ?? null,
        limit: perAddress(30, 10),
      }),
      muxHooks: mux && mux.hooks,
      videoOrigins: [...(mux ? [MUX_ORIGIN] : []), ...(recorded.origin === null ? [] : [recorded.origin])],
      recordings: createRecordingCases({
        ...{ streams, library, rows: recorded.rows, sweep: recorder.sweep },
        elsewhere: mux && mux.cases,
        release: video.release,
        thumbnails: recorder.thumbnails,
        limit: perAddress(60, 60),
      }),
      simulcast: simulcast.cases,
      ready: async () => (await pool.query('select 1')).rowCount === 1,
    })

    const uws = createUws({
      ...config,
      allowedOrigins,
      fetch: http.fetch,
      endpoints: [chat.endpoint, video.endpoints.push, video.endpoints.ingest],
      limits: { socketsPerAddress: limits.socketsPerAddress, maxBodyBytes: MAX_BODY_BYTES },
      clock,
      random,
      log,
    })
    recorder.start()
    await uws.listen(config.host, config.port)
    releasers.add(() => uws.close({ graceMs: GRACE_MS }))
    releasers.add(encoders.close)
    const forEncoders = [...(await encoders.listen()), ...ladder.notices]
    // First of all nobody new comes. Still connected, people hear what became of their sends; a database that hangs does not hold them here.
    releasers.add(async () => {
      uws.stopListening()
      await Promise.race([append.close(), wait(COMMIT_GRACE_MS)])
      await wait(0) // the answers are on their way to the sockets: let them arrive
    })
    releasers.add(airing.start())
    if (mux) releasers.add(mux.reconciler.start())
    const loginLink = await ensureHost(identity)
    return { greeting: greet(publicUrl, network, loginLink, forEncoders), close: releasers.run }
  } catch (error) {
    // Why it cannot start is worth more than what went wrong while giving up.
    await releasers.run().catch((broken: unknown) => log.fault('giving up', broken))
    throw error
  }
}

/** Undefined when this node is alone. */
function openRedis({ redisUrl, redisClusterUrls: urls }: Config, log: Log) {
  if (urls.length > 0) return createRedisClusterBus({ urls, log, clock })
  return redisUrl === null ? undefined : createRedisBus({ url: redisUrl, log, clock })
}

function greet(
  publicUrl: string,
  network: string[],
  loginLink: string | null,
  forEncoders: string[],
): string[] {
  return [
    ...(loginLink === null ? [] : [`Log in as the host, once, within 24 hours: ${loginLink}`]),
    ...network.map((origin) => `Phones on this network: ${origin}`),
    ...forEncoders,
    `Stagedoor is at ${publicUrl}`,
  ]
}
