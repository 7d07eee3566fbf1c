// A whole chat without sockets, database or time: memory adapters, a hand clock, seeded randomness. Tests speak
// to it as clients do, in frames.
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { createMemoryJournal } from '../adapters/memory/journal.ts'
import { createMemoryOverlays } from '../adapters/memory/overlays.ts'
import { createMemoryRights } from '../adapters/memory/rights.ts'
import { createMemoryStreams } from '../adapters/memory/streams.ts'
import { createMemoryModeration } from '../adapters/memory/terms.ts'
import { createTables, pair, revoke } from '../adapters/memory/tables.ts'
import { digest } from '../adapters/keys/digest.ts'
import { createAppend } from '../app/append.ts'
import type { OverlayClaims, Overlays } from '../app/overlay-ports.ts'
import type {
  Act,
  Bus,
  Clock,
  Journal,
  Log,
  PassClaims,
  Peer,
  Random,
  Rights,
  Streams,
  Topics,
} from '../app/ports.ts'
import { createKnownTerms } from '../app/terms.ts'
import { createAdmissions } from '../realtime/admissions.ts'
import { createChat } from '../realtime/chat.ts'
import { createRevocations } from '../realtime/revocations.ts'
import { CHAT_LIMITS } from '../realtime/limits.ts'
import type { ChatLimits } from '../realtime/limits.ts'
import type { CommandOf, Frame, Hello, LogName, Request } from '../../shared/protocol/index.ts'
import { createHandClock, settle } from './clock.ts'
import { createCast } from './cast.ts'
import { createSeededRandom } from './random.ts'

export { createMemoryBus }

type FrameOf<T extends Frame['t']> = Extract<Frame, { t: T }>
/** A command without its id: the client makes one up. */
type Asked = { [K in Request['t']]: Omit<CommandOf<K>, 'id'> & { id?: string } }[Request['t']]

export type World = ReturnType<typeof createWorld>
export type Node = ReturnType<World['node']>
export type Client = ReturnType<World['connect']>

type Options = {
  seed?: number
  limits?: Partial<ChatLimits>
  random?: Partial<Random>
  /** Between the chat and the real thing, to make it fail, wait or forget. */
  journal?: (real: Journal, clock: Clock) => Journal
  bus?: (real: Bus) => Bus
  rights?: (real: Rights) => Rights
  streams?: (real: Streams) => Streams
  /** In place of those in memory. */
  overlays?: Overlays
}

export function createWorld(options: Options = {}) {
  const clock = createHandClock(Date.UTC(2026, 10, 21, 20))
  const random = { ...createSeededRandom(options.seed ?? 1), ...options.random }
  const tables = createTables()
  const memory = createMemoryJournal({ tables, clock, random })
  const journal = options.journal?.(memory, clock) ?? memory
  const bus = options.bus?.(createMemoryBus()) ?? createMemoryBus()
  const known = createMemoryStreams(tables, clock)
  const streams = options.streams?.(known) ?? known
  const held = createMemoryRights(tables, clock)
  const rights = options.rights?.(held) ?? held
  const overlays = options.overlays ?? createMemoryOverlays(tables, clock, random)
  const moderation = createMemoryModeration(tables)
  const passes = new Map<string, PassClaims>()
  const overlayPasses = new Map<string, OverlayClaims>()
  const faults: { where: string; error: unknown }[] = []
  const warnings: { event: string; fields: unknown }[] = []
  const log: Log = {
    info: () => undefined,
    warn: (event, fields) => void warnings.push({ event, fields }),
    fault: (where, error) => `fault-${faults.push({ where, error })}`,
  }
  const tokens = {
    readPass: (pass: string) => Promise.resolve(passes.get(pass) ?? null),
    readOverlay: (pass: string) => Promise.resolve(overlayPasses.get(pass) ?? null),
  }

  const { person, stream, moderator } = createCast(tables, clock)
  const show = stream('show', 'hana')

  function pass(name: string, change: Partial<PassClaims> = {}): string {
    const token = random.token(8)
    passes.set(token, {
      principal: person(name),
      session: `session of ${name}`,
      stream: show.id,
      expiresAt: clock.now() + 600_000,
      ...change,
    })
    return token
  }

  /** A pass for the overlay of the show, under its present key. */
  async function overlayPass(expiresAt = clock.now() + 600_000): Promise<string> {
    const key = await overlays.byHash('key')
    const token = random.token(8)
    overlayPasses.set(token, { key: key?.id ?? '', stream: key?.stream ?? show.id, expiresAt })
    return token
  }

  /** One server process. */
  function node(nodeBus: Bus = bus) {
    const topics = new Map<string, Set<Peer>>()
    /** What the transport does to a peer that dropped a publish, in its next turn. */
    const cuts = new Map<Peer, () => void>()
    const published: Topics = {
      publish(topic, frame) {
        for (const peer of topics.get(topic) ?? []) if (!peer.send(frame)) cuts.get(peer)?.()
      },
    }
    const deps = { journal, bus: nodeBus, clock, random, log }
    const append = createAppend({ ...deps, lanes: 2 })
    const limits = { ...CHAT_LIMITS, ...options.limits }
    const revocations = createRevocations({ ...deps, rights })
    revocations.begin().catch((error: unknown) => log.fault('begin', error))
    const admission = createAdmissions({ rights, clock })
    const terms = createKnownTerms({ moderation, digest })
    const chat = createChat({
      ...{ ...deps, append, terms, streams, admission, revocations, overlays, tokens, topics: published },
      limits,
    })
    async function stop() {
      revocations.stop()
      await chat.stop()
    }
    return { chat, append, topics, cuts, revocations, stop }
  }
  const first = node()

  /** A socket that has said nothing yet. */
  function connect(on: ReturnType<typeof node> = first) {
    const raw: string[] = []
    let closed: { code: number; reason: string } | null = null
    let reading = true
    let buffered = 0
    const subscribed = new Set<string>()
    const gone = () => {
      for (const topic of subscribed) on.topics.get(topic)?.delete(peer)
    }
    const peer: Peer = {
      id: random.uuid(),
      address: '127.0.0.1',
      send(frame, as) {
        if (closed || !reading) return false
        if (typeof frame !== 'string' && as !== 'text') throw new Error('the chat sent a binary frame')
        raw.push(typeof frame === 'string' ? frame : Buffer.from(frame).toString())
        return true
      },
      cork: (run) => run(),
      buffered: () => buffered,
      subscribe(topic) {
        if (closed) return
        subscribed.add(topic)
        on.topics.set(topic, (on.topics.get(topic) ?? new Set()).add(peer))
      },
      unsubscribe: (topic) => void on.topics.get(topic)?.delete(peer),
      close(code, reason = '') {
        closed ??= { code, reason }
        gone()
      },
    }
    const session = on.chat.endpoint.open(peer)
    on.cuts.set(peer, () =>
      queueMicrotask(() => {
        if (closed) return
        closed = { code: 1006, reason: '' }
        gone()
        session.closed('slow')
      }),
    )
    const frames = () => raw.map((frame) => JSON.parse(frame) as Frame)
    const of = <T extends Frame['t']>(t: T) => frames().filter((frame): frame is FrameOf<T> => frame.t === t)

    return {
      peer,
      raw,
      frames,
      of,
      topics: subscribed,
      closed: () => closed,
      say: (frame: string) => session.text(frame),
      binary: (bytes: Uint8Array) => session.binary(bytes),
      hello: (hello: Omit<Hello, 't'>) => session.text(JSON.stringify({ t: 'hello', ...hello })),
      /** Puts a command on the wire and returns its id. */
      send(command: Asked): string {
        const id = command.id ?? random.uuid()
        session.text(JSON.stringify({ ...command, id }))
        return id
      },
      /** The one answer to a command. */
      async ask(command: Asked) {
        const id = this.send(command)
        await settle()
        const answers = frames().filter((frame) => 're' in frame && frame.re === id)
        if (answers.length !== 1) throw new Error(`${answers.length} answers to ${command.t}`)
        return answers[0] as FrameOf<'ok' | 'err' | 'page'>
      },
      /** Entries of one log in the order they came: the welcome's, then the live ones. */
      entries(log: LogName) {
        const joined = of('welcome').flatMap(({ logs }) => logs.filter((each) => each.log === log))
        const live = of('entries').filter((each) => each.log === log)
        return [...joined, ...live].flatMap(({ entries }) => entries)
      },
      stopReading: () => void (reading = false),
      /** So many bytes wait to be read by it. */
      buffer: (bytes: number) => void (buffered = bytes),
      /** The client hangs up. */
      leave() {
        closed ??= { code: 1005, reason: '' }
        gone()
        session.closed()
      },
    }
  }

  async function join(
    name: string,
    how: { cursors?: Hello['cursors']; on?: ReturnType<typeof node>; pass?: Partial<PassClaims> } = {},
  ) {
    const client = connect(how.on)
    client.hello({ pass: pass(name, how.pass), ...(how.cursors ? { cursors: how.cursors } : {}) })
    await settle()
    return client
  }

  return {
    clock,
    random,
    overlays,
    overlayPass,
    tables,
    journal,
    streams,
    bus,
    faults,
    warnings,
    show,
    stream,
    person,
    pass,
    node,
    first,
    connect,
    join,
    /** An act of somebody outside: no socket of theirs is in the way. */
    act: (by: string, act: Act) => first.append.act(person(by), show.id, act),
    /** Ends sessions of a person as signing out does: the row goes, the revocation is written, nodes are told. */
    endSessions(name: string, which: { session?: string; except?: string } = {}, tell = bus) {
      const { session = null, except = null } = which
      for (const [id, { principal }] of tables.sessions)
        if (principal === person(name) && (session === null ? id !== except : id === session))
          tables.sessions.delete(id)
      revoke(tables, person(name), { kind: 'session', session, except })
      tell.publish({ type: 'revoked' })
    },
    ban: (name: string) => void tables.bans.set(pair(show.id, person(name)), { until: Infinity }),
    moderator: (name: string) => moderator(show, name),
  }
}
