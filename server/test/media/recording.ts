// Recordings with the outside made by hand: a storage that fails, hangs and fills up as told, and nodes that die.
import { createMemoryRecordings } from '../../adapters/memory/recordings.ts'
import type { Log } from '../../app/ports.ts'
import type { Storage } from '../../app/video-ports.ts'
import { createLibrary } from '../../video/recording/library.ts'
import { createRecorder } from '../../video/recording/recorder.ts'
import { createHandClock } from '../clock.ts'
import { createSeededRandom } from '../random.ts'
import { createVideoWorld, START } from './world.ts'

export type HandStorage = Storage & {
  objects: Map<string, Uint8Array>
  /** Throws from now on. */
  failing: Error | null
  /** Puts wait while it is set. */
  held: boolean
  release(): void
  room: number | null
}

export function createHandStorage(): HandStorage {
  const objects = new Map<string, Uint8Array>()
  let waiting: (() => void)[] = []
  const storage: HandStorage = {
    ...{ objects, failing: null, held: false, room: null },
    release() {
      storage.held = false
      for (const go of waiting) go()
      waiting = []
    },
    async put(key, bytes) {
      if (storage.held) await new Promise<void>((go) => waiting.push(go))
      if (storage.failing) throw storage.failing
      objects.set(key, Uint8Array.from(bytes))
    },
    get: (key) => Promise.resolve(objects.get(key) ?? null),
    list: (folder) =>
      Promise.resolve(
        [...objects]
          .filter(([key]) => key.startsWith(folder))
          .map(([key, { byteLength }]) => ({ key, bytes: byteLength })),
      ),
    remove(folder) {
      for (const key of [...objects.keys()]) if (key.startsWith(folder)) objects.delete(key)
      return Promise.resolve()
    },
    free: () => Promise.resolve(storage.room),
    presign: () => Promise.resolve(null),
  }
  return storage
}

/** The port, and from the end of its node on a port that never answers. */
function mortal<T extends object>(port: T, life: { over: boolean }): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...given: unknown[]): unknown =>
        life.over ? new Promise(() => undefined) : Reflect.apply(value, target, given)
    },
  })
}

/** A node with a recorder, and others beside it on the same rows and storage. Hosts of streams are named `host`. */
export function createRecordingWorld(
  options: { days?: number; on?: boolean; storage?: HandStorage; alone?: boolean } = {},
) {
  const clock = createHandClock(START)
  const erased = new Set<string>()
  const rows = createMemoryRecordings(clock, (stream) => (erased.has(stream) ? null : 'host'))
  const storage = options.storage ?? createHandStorage()
  const random = createSeededRandom(7)
  const logged: string[] = []
  const note = (event: string) => void logged.push(event)
  const log: Log = {
    info: note,
    warn: note,
    fault: (where, error) => `${logged.push(`${where}: ${error instanceof Error ? error.message : ''}`)}`,
  }

  function node(name: string, alone = false) {
    const { on = true, days = 0 } = options
    const life = { over: false }
    const mine = { storage: mortal(storage, life), rows: mortal(rows, life) }
    const recorder = createRecorder({
      ...{ ...mine, node: name, clock, random, log, on, days, alone, reserve: 1_000 },
    })
    const library = createLibrary({ storage, rows, clock, live: recorder.live })
    const world = createVideoWorld({ clock, tape: recorder.tape })
    return { recorder, library, world, die: () => void (life.over = true) }
  }
  const first = node('first', options.alone)
  first.recorder.start()

  return {
    ...{ clock, rows, storage, logged, node, ...first },
    recordings: async (stream = 'S') =>
      Promise.all((await rows.ofStream(stream)).map((row) => first.library.describe(row))),
    row: async (stream = 'S') => (await rows.ofStream(stream)).at(-1)!,
    /** The text of a file of the library, by its address. */
    async text(address: string) {
      const file = await first.library.file('S', address.split('/').at(-1)!)
      return file && 'body' in file ? (file.body as string) : null
    },
    erase(stream = 'S') {
      erased.add(stream)
      rows.erase(stream)
    },
  }
}
