// A node's video with the outside made by hand: clock, sockets and topics. Publishers and viewers talk to the
// real endpoints.
import {
  encodeConfig,
  encodePacket,
  type IngestHears,
  type Layer,
  type PushHears,
  type TrackConfig,
} from '../../../shared/media.ts'
import type { Endpoint, Log, PassClaims, Peer, Revocation, Topics } from '../../app/ports.ts'
import type { MediaQuery, Tape, VideoEvent } from '../../app/video-ports.ts'
import { openSecondLook } from '../../realtime/second-look.ts'
import { createLocalVideo, type Between } from '../../video/live.ts'
import type { Revoked } from '../../video/push.ts'
import { createHandClock, settle, type HandClock } from '../clock.ts'
import { createSeededRandom } from '../random.ts'
import { AAC, AVC, type LayerPacket } from './packets.ts'

export const START = Date.UTC(2026, 0, 1)

/** One socket seen from the client: what it was sent, in order, and how it was closed. */
export type Line = {
  texts(): unknown[]
  /** Every frame, text parsed. */
  frames: unknown[]
  closed: { code: number; reason: string | undefined } | undefined
  text(frame: unknown): void
  raw(frame: string): void
  binary(bytes: Uint8Array): void
  drop(): void
}

export type VideoWorldOptions = {
  maxBitsPerSecond?: number
  mayWatch?: boolean
  tape?: (stream: string, prefix: string) => Tape | null
  /** One of several nodes. */
  clock?: HandClock
  seed?: number
  between?: Between
  startedAt?: (stream: string) => Promise<number | null>
}

export function createVideoWorld(options: VideoWorldOptions = {}) {
  const clock = options.clock ?? createHandClock(START)
  const random = createSeededRandom(options.seed ?? 1)
  const subscribers = new Map<string, Set<Peer>>()
  const topics: Topics = {
    publish(topic, frame) {
      for (const peer of subscribers.get(topic) ?? []) peer.send(frame)
    },
  }
  const logged: string[] = []
  const faults: string[] = []
  const note = (event: string, fields?: object) =>
    void logged.push(`${event} ${JSON.stringify(fields ?? {})}`)
  const listeners = new Set<Parameters<Revoked['listen']>[0]>()
  const passes = new Map<string, PassClaims>()
  const access = { mayWatch: options.mayWatch ?? true }
  const log: Log = {
    info: note,
    warn: note,
    fault(where, error) {
      if (!options.between) throw new Error(`a fault in ${where}`, { cause: error })
      faults.push(where)
      return where
    },
  }
  const revocations: Revoked = {
    listen(fn) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
  }
  const video = createLocalVideo({
    ...{ clock, random, topics, log, revocations, secondLook: openSecondLook({ clock, log }) },
    tokens: { readPass: (token) => Promise.resolve(passes.get(token) ?? null) },
    mayWatch: () => Promise.resolve(access.mayWatch),
    viewersOf: () => 7,
    ...(options.startedAt && { startedAt: options.startedAt }),
    between: options.between,
    limits: { maxBitsPerSecond: options.maxBitsPerSecond ?? 12e6 },
    tape: options.tape ?? (() => null),
  })
  const events: VideoEvent[] = []
  video.provider.onEvent((event) => events.push(event))

  function dial(endpoint: Endpoint): Line {
    const line: Line = {
      frames: [],
      closed: undefined,
      texts: () => line.frames.filter((frame) => !(frame instanceof Uint8Array)),
      text: (frame) => session.text(JSON.stringify(frame)),
      raw: (frame) => session.text(frame),
      binary: (bytes) => session.binary(bytes),
      drop() {
        for (const peers of subscribers.values()) peers.delete(peer)
        session.closed()
      },
    }
    const peer: Peer = {
      id: random.uuid(),
      address: '127.0.0.1',
      send(frame) {
        if (line.closed) return false
        line.frames.push(typeof frame === 'string' ? JSON.parse(frame) : frame)
        return true
      },
      cork: (run) => run(),
      buffered: () => 0,
      subscribe: (topic) => void subscribers.set(topic, (subscribers.get(topic) ?? new Set()).add(peer)),
      unsubscribe: (topic) => void subscribers.get(topic)?.delete(peer),
      close(code, reason) {
        if (line.closed) return
        line.closed = { code, reason }
        line.drop()
      },
    }
    const session = endpoint.open(peer)
    return line
  }

  /** A publisher that is let in and has sent its configs. `ahead`: how fast its clock is. */
  function studio(stream = 'S', { configs = [AVC, AAC] as readonly TrackConfig[], ahead = 0 } = {}) {
    const line = dial(video.endpoints.ingest)
    line.text({ t: 'publish', grant: video.grants.issue(stream).grant })
    const begin = () => {
      line.text({ t: 'clock', sent: clock.now() + ahead })
      for (const config of configs) line.binary(encodeConfig(config))
    }
    if (!options.between && !options.startedAt) begin()
    const packet = ({ layer = 'main', ...one }: LayerPacket) =>
      line.binary(encodePacket({ ...one, ts: one.ts + ahead }, layer))
    return {
      line,
      /** With other nodes around a publisher is let in a moment later. */
      async letIn() {
        for (let i = 0; i < 10 && line.frames.length === 0; i++) await settle()
        if (!line.closed) begin()
      },
      heard: () => line.texts() as IngestHears[],
      refusal: () => (line.texts() as IngestHears[]).find((one) => one.t === 'refused'),
      config: (config: TrackConfig, layer: Layer = 'main') => line.binary(encodeConfig(config, layer)),
      packet,
      /** Sends each packet when its time has come. */
      async play(packets: readonly LayerPacket[]) {
        for (const one of packets) {
          if (one.ts > clock.now()) await clock.advance(one.ts - clock.now())
          if (!line.closed) packet(one)
        }
      },
    }
  }

  async function viewer(stream = 'S', principal = 'ada', session = 'session-1', layer?: Layer) {
    const line = dial(video.endpoints.push)
    const pass = random.token(8)
    passes.set(pass, { principal, session, stream, expiresAt: clock.now() + 60_000 })
    line.text({ t: 'watch', pass, layer })
    await settle()
    return {
      line,
      heard: () => line.texts() as PushHears[],
      media: () => line.frames.filter((frame) => frame instanceof Uint8Array),
    }
  }

  return {
    ...{ random, log, revocations },
    clock,
    video,
    events,
    logged,
    faults,
    access,
    passes,
    dial,
    studio,
    viewer,
    revoke(principal: string | null, what: Pick<Revocation, 'kind'> & Partial<Revocation>) {
      const nothing = { seq: 1, stream: null, session: null, except: null }
      for (const { revoked } of listeners) revoked({ principal, ...nothing, ...what })
    },
    missRevocations: () => listeners.forEach(({ missed }) => missed()),
    states: () => events.map(({ state }) => state),
    file: async (name: string, query: MediaQuery = {}, stream = 'S') =>
      (await video.files.get(stream, name, query))?.body,
    playlist: async (query: { msn?: number; part?: number } = {}, stream = 'S') =>
      (await video.files.get(stream, 'live.m3u8', query))?.body as string,
  }
}
