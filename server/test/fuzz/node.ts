// One server process: the real chat and the real append lane on ports that are late, fail and lie still, behind
// a bus that loses, delays, repeats and reorders. It can be killed: then nothing of it runs on.
import { digest } from '../../adapters/keys/digest.ts'
import { createAppend } from '../../app/append.ts'
import { createKnownTerms } from '../../app/terms.ts'
import type { Bus, Log, Notice, Peer, SocketSession, Topics } from '../../app/ports.ts'
import { createAdmissions } from '../../realtime/admissions.ts'
import { createChat } from '../../realtime/chat.ts'
import { CHAT_LIMITS } from '../../realtime/limits.ts'
import { createRevocations } from '../../realtime/revocations.ts'
import { createMemoryBus } from '../../adapters/memory/bus.ts'
import { createLifetime, pause } from './lifetime.ts'
import type { World } from './world.ts'

export type Node = ReturnType<typeof startNode>
/** The server's end of a line. */
export type Port = { session: SocketSession; lostNode: () => void; drained: (retryInMs: number) => void }

/** Gave up on a commit: how often a call fails after it took effect, among those that fail. */
const AFTER = 0.5

export function startNode(world: World) {
  const { dice, weather, state } = world
  const life = createLifetime(world.clock)
  const ports = new Set<Port>()
  const topics = new Map<string, Set<Peer>>()
  let draining = false

  function breaks(): boolean {
    return state.databaseAway || (!state.calm && dice.chance(weather.database.fails))
  }
  const late = () => (state.calm || dice.chance(0.4) ? 0 : dice.wait(weather.database.late))

  /** Every call travels there and back. There, the database acts even when this node is gone meanwhile. */
  function remote<T extends object>(port: T): T {
    return new Proxy(port, {
      get(target, name) {
        const call = Reflect.get(target, name) as (...of: unknown[]) => Promise<unknown>
        return async (...of: unknown[]): Promise<unknown> => {
          await pause(world.clock, late())
          if (breaks() && !dice.chance(AFTER)) throw new Error('connection refused')
          const answer = await call(...of)
          await pause(life.clock, late())
          if (!life.alive()) return await new Promise(() => undefined)
          if (breaks()) throw new Error('connection lost')
          return answer
        }
      },
    })
  }

  const own = createMemoryBus()
  const hear = (notice: Notice) => {
    if (life.alive()) own.publish(JSON.parse(JSON.stringify(notice)) as Notice)
  }
  const unsubscribe = world.bus.subscribe((notice) => {
    if (state.calm) hear(notice)
    else if (!state.busAway && !dice.chance(weather.bus.lost)) {
      for (let copy = dice.chance(weather.bus.twice) ? 2 : 1; copy > 0; copy--) {
        const wait = dice.wait(weather.bus.late)
        if (wait === 0) hear(notice)
        else life.clock.after(wait, () => hear(notice))
      }
    }
  })
  const bus: Bus = {
    publish: (notice) => {
      if (life.alive()) world.bus.publish(notice)
    },
    subscribe: own.subscribe,
    onRestored: own.onRestored,
    follow(stream) {
      const releases = [world.bus.follow(stream), own.follow(stream)]
      return () => releases.forEach((release) => release())
    },
  }

  const log: Log = {
    info: () => undefined,
    warn: () => undefined,
    fault(where, error) {
      // A plain Error may say that something behind a port was away; nothing is, once all is calm.
      const ours =
        error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
      if (ours || state.still) world.wrongs.push(`${where}: ${String(error)}`)
      return 'fault'
    },
  }
  const published: Topics = {
    publish(topic, frame) {
      for (const peer of [...(topics.get(topic) ?? [])]) peer.send(frame)
    },
  }
  const journal = remote(world.journal)
  const deps = { journal, bus, clock: life.clock, random: dice, log, limits: CHAT_LIMITS, topics: published }
  const append = createAppend({ ...deps, lanes: 3 })
  const rights = remote(world.rights)
  const revocations = createRevocations({ ...deps, rights })
  revocations.begin().catch((error: unknown) => log.fault('begin', error))
  const chat = createChat({
    ...deps,
    append,
    terms: createKnownTerms({ moderation: remote(world.moderation), digest }),
    streams: remote(world.streams),
    admission: createAdmissions({ rights, clock: life.clock }),
    revocations,
    overlays: world.overlays,
    tokens: world.tokens,
  })

  return {
    append,
    chat,
    topics,
    life,
    ports,
    takes: () => life.alive() && !draining,
    /** No goodbye: lines die, memory is gone. */
    kill() {
      life.die()
      unsubscribe()
      for (const port of [...ports]) port.lostNode()
    },
    /** As on SIGTERM: everybody is told when to come back, then the node ends in order. */
    async drain(): Promise<void> {
      draining = true
      for (const port of [...ports]) port.drained(dice.below(10_000))
      await append.close()
      revocations.stop()
      await chat.stop()
      life.die()
      unsubscribe()
    },
  }
}
