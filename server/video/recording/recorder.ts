// Everything this node records, and the order in what is stored: tapes live, rows of nodes that died are finished, what
// nobody may keep any more goes. What is stored can be told from the rows alone, whoever wrote it.
import type { Clock, Log, Random } from '../../app/ports.ts'
import type { RecordingRow, RecordingRows, Thumbnails } from '../../app/recording-ports.ts'
import type { Storage, Tape } from '../../app/video-ports.ts'
import { THUMBNAIL } from '../../../shared/api/recordings.ts'
import type { RecordingId, StreamId } from '../../../shared/ids.ts'
import { deny, ok } from '../../../shared/protocol/index.ts'
import { createTape, FAULTS, type LiveTape } from './tape.ts'
import { bytesOf, initKey, lengthOf, piecesOf, reelKey, thumbKey, writeReel } from './reel.ts'

const BEAT_MS = 10_000
const SWEEP_MS = 60_000
/** A writer that was not heard of for so long is dead: six beats. */
const STALE_MS = 60_000

export type Recorder = {
  /** A show begins; null where nothing is recorded. */
  tape(stream: StreamId, prefix: string): Tape | null
  /** What is being recorded here under these names. */
  live(id: RecordingId): LiveTape | undefined
  thumbnails: Thumbnails
  /** Removes what no row speaks of any more. Never rejects. */
  sweep(): Promise<void>
  start(): void
  /** Ends every tape; resolves when all is written. */
  close(): Promise<void>
}

export function createRecorder(deps: {
  node: string
  storage: Storage
  rows: RecordingRows
  clock: Clock
  random: Pick<Random, 'uuid'>
  log: Log
  on: boolean
  /** Bytes that must stay free. */
  reserve: number
  /** 0: for ever. */
  days: number
  /** No other node can be writing: what a crash left open is finished at once. */
  alone: boolean
}): Recorder {
  const { node, storage, rows, clock, random, log } = deps
  const tapes = new Map<RecordingId, LiveTape>()
  const lastThumbs = new Map<RecordingId, number>()
  let adoptsFrom = 0
  let cancels: (() => void)[] = []
  let sweeping: Promise<void> | undefined

  const failed = (what: string) => (error: unknown) => {
    // While the database was away it may have been away from the others too: they get their time anew.
    adoptsFrom = clock.now() + STALE_MS
    log.fault(what, error)
  }

  async function beat(): Promise<void> {
    const progress = [...tapes.values()].flatMap((tape) => tape.progress() ?? [])
    if (progress.length === 0) return
    const mine = new Set(await rows.beat(node, progress))
    for (const { id } of progress) {
      const tape = tapes.get(id)
      if (!tape || mine.has(id)) continue
      const row = (await rows.ofStream(tape.stream)).find((one) => one.id === id)
      if (!row) tape.drop()
      else if (row.state === 'recording') tape.end()
    }
  }

  async function finish(row: RecordingRow): Promise<void> {
    const objects = await storage.list(`${row.id}/`)
    const keys = new Set(objects.map(({ key }) => key))
    const pieces = piecesOf(objects).filter(({ config }) => keys.has(initKey(row.id, row.prefix, config)))
    const last = pieces.at(-1)
    if (last) await storage.put(reelKey(row.id), new TextEncoder().encode(writeReel(pieces)))
    const lengths = { wholeMs: Math.round(lengthOf(pieces)), bytes: bytesOf(pieces) }
    const endedAt = Math.round(last ? last.at + last.ms : row.startedAt)
    const fault = row.fault ?? FAULTS.stopped
    await rows.finish(node, { id: row.id, ...lengths, fault, state: last ? 'ready' : 'failed', endedAt })
    log.info('recording.rebuilt', { recording: row.id, segments: pieces.length })
  }

  async function adopt(silentMs: number): Promise<void> {
    for (const row of await rows.adopt(node, silentMs)) {
      if (tapes.has(row.id)) continue
      // One that cannot be finished now comes up again when it has been silent long enough.
      await finish(row).catch((error: unknown) => log.fault('recording rebuild', error))
    }
  }

  async function removeGone(): Promise<void> {
    for (let gone = await rows.gone(); gone.length > 0; gone = await rows.gone()) {
      for (const id of gone) await storage.remove(`${id}/`)
      await rows.forget(gone)
    }
  }

  function sweep(): Promise<void> {
    const next = (sweeping ?? Promise.resolve()).then(removeGone).catch(failed('recording sweep'))
    sweeping = next
    return next
  }

  async function upkeep(): Promise<void> {
    if (clock.now() >= adoptsFrom) await adopt(STALE_MS)
    if (deps.days > 0) await rows.expire(deps.days)
    await sweep()
  }

  function every(ms: number, work: () => Promise<void>): void {
    let cancel = (): void => undefined
    const next = () => {
      cancel = clock.after(ms, () => {
        // The next one begins when this one is over: a storage that hangs is not asked twice.
        work().catch(failed('recording upkeep')).finally(next)
      })
    }
    next()
    cancels.push(() => cancel())
  }

  return {
    tape(stream, prefix) {
      if (!deps.on) return null
      const id = random.uuid()
      const tape = createTape({
        ...{ ...deps, id, stream, prefix },
        onFault() {
          beat().catch(failed('recording beat'))
        },
        onOver() {
          tapes.delete(id)
          lastThumbs.delete(id)
        },
      })
      tapes.set(id, tape)
      return tape
    },
    live: (id) => tapes.get(id),
    thumbnails: {
      async keep(stream, jpeg) {
        const tape = [...tapes.values()].findLast((one) => one.stream === stream && one.progress() !== null)
        if (!tape) return deny('wrong_state')
        const now = clock.now()
        const waitMs = (lastThumbs.get(tape.id) ?? -Infinity) + THUMBNAIL.everyMs - now
        if (waitMs > 0) return deny('rate_limited', { retryAfterMs: waitMs })
        lastThumbs.set(tape.id, now)
        const free = await storage.free()
        if (free !== null && free < deps.reserve) return deny('overloaded')
        await storage.put(thumbKey(tape.id, now), jpeg)
        return ok(null)
      },
    },
    sweep,
    start() {
      adoptsFrom = clock.now() + STALE_MS
      if (deps.alone) adopt(0).catch(failed('recording rebuild'))
      every(BEAT_MS, beat)
      every(SWEEP_MS, upkeep)
    },
    async close() {
      for (const cancel of cancels) cancel()
      cancels = []
      const open = [...tapes.values()]
      for (const tape of open) tape.end()
      await Promise.all(open.map(({ over }) => over))
    },
  }
}
