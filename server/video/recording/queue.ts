// Segments on their way into the storage, one after another. Holds no more than it may: a storage that is slower than
// the show loses segments of the recording and never holds up the show.
import type { Clock, Log } from '../../app/ports.ts'
import type { Storage } from '../../app/video-ports.ts'

/** Why something is missing. */
export type Trouble = 'full' | 'broken' | 'slow'

export type Queue<T> = {
  /** False: there is no room for it here, so it is not kept. */
  put(item: T): boolean
  /** What waits or is being written, oldest first. */
  waiting(): readonly T[]
  /** Resolves when that is nothing. */
  idle(): Promise<void>
}

/** Ten seconds of the most that a publisher may send by default. */
export const MOST_QUEUED_BYTES = 16_000_000
/** After the storage refused something it is left alone for this long. */
export const REST_MS = 15_000
/** How often it is asked how much room is left: at 12 Mbit/s that is 8 MB. */
const LOOK_MS = 5_000

export function createQueue<T extends { bytes: Uint8Array }>(deps: {
  write(item: T): Promise<void>
  /** Once for each item that was taken, in order. */
  written(item: T, kept: boolean): void
  free: Storage['free']
  /** Bytes that must stay free. */
  reserve: number
  clock: Pick<Clock, 'now'>
  log: Log
  trouble(what: Trouble): void
}): Queue<T> {
  const { clock, log } = deps
  const items: T[] = []
  let bytes = 0
  let working = false
  let jammed = false
  let restsUntil = -Infinity
  let lookedAt = -Infinity
  let idle: (() => void)[] = []

  function rest(what: Trouble, reason: string): void {
    restsUntil = clock.now() + REST_MS
    lookedAt = -Infinity
    log.warn('recording.rests', { what, reason, seconds: REST_MS / 1000 })
    deps.trouble(what)
  }

  async function hasRoom(): Promise<boolean> {
    const now = clock.now()
    if (now < restsUntil) return false
    if (now >= lookedAt && now - lookedAt < LOOK_MS) return true
    const free = await deps.free()
    lookedAt = now
    if (free === null || free >= deps.reserve) return true
    rest('full', `${free} bytes are free and ${deps.reserve} must stay so`)
    return false
  }

  async function keep(item: T): Promise<boolean> {
    try {
      if (!(await hasRoom())) return false
      await deps.write(item)
      return true
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: string }
      rest(code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'broken', message ?? String(error))
      return false
    }
  }

  async function work(): Promise<void> {
    for (let item = items[0]; item; item = items[0]) {
      const kept = await keep(item)
      items.shift()
      bytes -= item.bytes.byteLength
      deps.written(item, kept)
    }
    working = false
    jammed = false
    for (const go of idle) go()
    idle = []
  }

  return {
    put(item) {
      if (bytes + item.bytes.byteLength > MOST_QUEUED_BYTES) {
        // One line for each jam, not for each segment.
        if (!jammed) log.warn('recording.slow', { bytes })
        jammed = true
        deps.trouble('slow')
        return false
      }
      items.push(item)
      bytes += item.bytes.byteLength
      if (!working) {
        working = true
        work().catch((error: unknown) => log.fault('recording', error))
      }
      return true
    },
    waiting: () => items,
    idle: () => (working ? new Promise((go) => idle.push(go)) : Promise.resolve()),
  }
}
