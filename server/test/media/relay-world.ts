// Several nodes and what lies between them, made by hand: one clock, one table of leases, one bus, and pipes that can
// be stalled, cut or refused. Everything of the nodes themselves is real.
import { createSecretKey } from 'node:crypto'
import { createMemoryBus } from '../../adapters/memory/bus.ts'
import { createRelaySecrets } from '../../adapters/relay/secrets.ts'
import type { Notice } from '../../app/ports.ts'
import type { Airing, Dial, NodeAddress, Pipe, PipeHears } from '../../app/relay-ports.ts'
import { createHandClock, settle } from '../clock.ts'
import { idOf } from '../random.ts'
import { createVideoWorld, START } from './world.ts'

export type RelayNode = ReturnType<ReturnType<typeof createRelayWorld>['node']>
type Wire = {
  from: string
  to: string
  /** Nothing arrives at the edge, and what is written piles up. */
  stall(): void
  flow(): void
  cut(): void
}
const LEASE_MS = 30_000

export const keyOf = (byte: number) => createRelaySecrets(createSecretKey(Buffer.alloc(32, byte)))

export function createRelayWorld(limits: { maxBitsPerSecond?: number } = {}) {
  const clock = createHandClock(START)
  const leases = new Map<string, { node: string; at: number }>()
  const streams = new Map<string, { state: Airing['state']; startedAt: number | null }>()
  const addresses = new Map<string, NodeAddress>()
  const doors = new Map<number, (pipe: Pipe) => PipeHears>()
  const wires: Wire[] = []
  /** Each renews the leases of its node. */
  const beats = new Set<() => void>()
  const bus = createMemoryBus()
  const world = { busUp: true, databaseUp: true, questions: 0 }
  const asked = <T>(answer: () => T): Promise<T> =>
    world.databaseUp ? Promise.resolve(answer()) : Promise.reject(new Error('the database is away'))

  /** Bytes arrive in another turn, as they do between machines. */
  function connect(from: string, at: NodeAddress, hears: PipeHears): Pipe {
    const ends: { edge: PipeHears; origin?: PipeHears } = { edge: hears }
    let open = true
    let stalled = false
    let toEdge: Uint8Array[] = []
    const cut = () => {
      if (!open) return
      open = false
      queueMicrotask(() => {
        ends.edge.closed()
        ends.origin?.closed()
      })
    }
    const wire: Wire = {
      ...{ from, to: at.node, cut },
      stall: () => void (stalled = true),
      flow() {
        stalled = false
        const late = toEdge
        toEdge = []
        for (const piece of late) ends.edge.bytes(piece)
      },
    }
    wires.push(wire)
    const copies = (pieces: readonly Uint8Array[]) => pieces.map((piece) => new Uint8Array(piece))
    const origin: Pipe = {
      write(pieces) {
        if (!open) return
        const sent = copies(pieces)
        if (stalled) toEdge.push(...sent)
        else queueMicrotask(() => sent.forEach((piece) => open && ends.edge.bytes(piece)))
      },
      buffered: () => toEdge.reduce((sum, { byteLength }) => sum + byteLength, 0),
      close: cut,
    }
    queueMicrotask(() => {
      const door = doors.get(at.port)
      if (door) ends.origin = door(origin)
      else cut()
    })
    return {
      write(pieces) {
        const sent = copies(pieces)
        queueMicrotask(() => sent.forEach((piece) => open && ends.origin?.bytes(piece)))
      },
      buffered: () => 0,
      close: cut,
    }
  }

  function node(name: string, key = 1) {
    const id = idOf(name)
    const dial: Dial = (at, hears) => connect(id, at, hears)
    let skew = 0
    const video = createVideoWorld({
      ...limits,
      clock: { ...clock, now: () => clock.now() + skew },
      seed: name.charCodeAt(0),
      startedAt: (stream) => asked(() => streams.get(stream)?.startedAt ?? null),
      between: {
        node: id,
        nodes: {
          find: (wanted) => asked(() => addresses.get(wanted) ?? null),
          airings: (wanted) =>
            asked(() => {
              world.questions += 1
              for (const beat of beats) beat()
              return wanted.map((stream): Airing => {
                const { state = null } = streams.get(stream) ?? {}
                const lease = leases.get(stream)
                const fresh = state !== 'ended' && lease !== undefined && lease.at > clock.now() - LEASE_MS
                const holder = fresh ? lease.node : null
                return { state, node: holder, at: (holder !== null && addresses.get(holder)) || null }
              })
            }),
        },
        bus: {
          publish: (notice: Notice) => world.busUp && bus.publish(notice),
          subscribe: (fn) => bus.subscribe(fn),
        },
        secrets: keyOf(key),
        dial,
      },
    })
    // What the airing of a real node writes.
    video.video.here.onEvent(({ stream, state }) => {
      const row = streams.get(stream) ?? { state: 'scheduled', startedAt: null }
      streams.set(stream, row)
      const mine = leases.get(stream)?.node === id
      if (state === 'connecting' || state === 'live') leases.set(stream, { node: id, at: clock.now() })
      if (state === 'reconnecting' && mine) leases.set(stream, { node: id, at: clock.now() })
      if (state === 'live') {
        row.state = 'live'
        row.startedAt ??= clock.now()
      }
      if (state === 'ended' && mine) row.state = 'ended'
    })
    const beat = () => {
      for (const [stream, lease] of leases)
        if (lease.node === id && ['connecting', 'live'].includes(video.video.here.playback(stream).state))
          lease.at = clock.now()
    }
    beats.add(beat)
    const { relay } = video.video
    const port = 1_000 + doors.size
    const address = { node: id, host: name, port }
    if (relay) doors.set(port, relay.accept)
    relay?.announce(address)
    addresses.set(id, address)
    return {
      ...video,
      id,
      address,
      /** Its clock goes ahead of the others by so much from now on. */
      skew: (ms: number) => void (skew = ms),
      /** Of a publisher or a viewer that says what a test wants. */
      socket: video.dial,
      dial,
      /** As `kill -9`: its pipes break, nobody answers, and nothing is written. */
      kill() {
        doors.delete(port)
        beats.delete(beat)
        for (const wire of wires) if (wire.from === id || wire.to === id) wire.cut()
        video.video.close()
      },
      /** Its viewer's picture and words, and the page's. */
      page: (stream = 'S') => video.video.provider.playback(stream, streams.get(stream)?.state ?? undefined),
    }
  }

  return {
    clock,
    world,
    wires,
    leases,
    streams,
    doors,
    node,
    /** Lets everything happen that needs no time. */
    async quiet() {
      for (let i = 0; i < 8; i++) await settle()
    },
  }
}
