// The recording of one show while it goes on: what was kept, what of the last half hour can be played back, and why
// something is missing. It begins with the first full segment, like the show.
import type { Clock, Log } from '../../app/ports.ts'
import type { Progress, RecordingRows } from '../../app/recording-ports.ts'
import type { Storage, Tape, TapeSegment } from '../../app/video-ports.ts'
import type { RecordingId, StreamId } from '../../../shared/ids.ts'
import { SEGMENT_GOAL_MS } from '../cuts.ts'
import { createLedger } from './ledger.ts'
import { DVR_MS, dvrPlaylist, type DvrPiece } from './playlists.ts'
import { createQueue, type Trouble } from './queue.ts'
import { initKey, pieceKey, reelKey, writeReel, type Piece } from './reel.ts'

export const FAULTS: Record<Trouble | 'stopped', string> = {
  full: 'There was no room left on the disk, so parts of the show were not recorded. Make room, or delete recordings.',
  broken: 'The storage could not be written, so parts of the show were not recorded.',
  slow: 'The storage was slower than the show, so parts of the show were not recorded.',
  stopped: 'The server stopped in the middle of the show. Everything up to there is here.',
}

/** Decoder set-ups that are told apart: an older one that comes back counts as new. */
const CONFIGS = 16
/** Short segments before the first full one: a connection that breaks at once is no show. */
const EARLY = 14
const RETRY_MS = 2_000

type Config = { number: number; init: Uint8Array; kept: boolean }
type Item = { piece: Piece; dvr: DvrPiece; config: Config; bytes: Uint8Array }

export type LiveTape = Tape & {
  readonly id: RecordingId
  readonly stream: StreamId
  readonly prefix: string
  /** What was kept so far, in order. */
  pieces(): readonly Piece[]
  /** What is on its way into the storage. */
  waiting(msn: number): Uint8Array | undefined
  /** Null before there is a row. */
  progress(): Progress | null
  /** The row is gone: nothing more is written, and nothing stays. */
  drop(): void
  /** It ended, and everything was written that could be. */
  over: Promise<void>
}

export function createTape(deps: {
  id: RecordingId
  stream: StreamId
  prefix: string
  node: string
  storage: Pick<Storage, 'put' | 'free' | 'remove'>
  rows: Pick<RecordingRows, 'begin' | 'finish' | 'ofStream'>
  clock: Clock
  log: Log
  reserve: number
  /** The host should hear of it now. */
  onFault(): void
  /** It is `over`. */
  onOver(): void
}): LiveTape {
  const { id, stream, prefix, node, storage, rows, clock, log } = deps
  const ledger = createLedger()
  let newest: Piece | undefined
  let early: TapeSegment[] | null = []
  let phase: 'early' | 'beginning' | 'begun' | 'dropped' = 'early'
  let ended = false
  let startedAt = 0
  let wholeMs = 0
  let bytes = 0
  let fault: string | null = null
  let configs: Config[] = []
  let window: DvrPiece[] = []
  let rendered: Record<string, string> = {}
  let settle: () => void = () => undefined
  const over = new Promise<void>((resolve) => (settle = resolve))

  const queue = createQueue<Item>({
    ...{ clock, log, trouble, reserve: deps.reserve, free: () => storage.free() },
    async write({ piece, config, bytes: body }) {
      // What has no row would never be found again.
      if (phase === 'beginning') await begin()
      if (phase !== 'begun') return
      if (!config.kept) await storage.put(initKey(id, prefix, config.number), config.init)
      config.kept = true
      await storage.put(pieceKey(id, prefix, piece), body)
    },
    written({ piece, dvr }, kept) {
      if (!kept) {
        lost(dvr)
        return
      }
      ledger.push(piece)
      newest = piece
      wholeMs += piece.ms
      bytes += piece.bytes
    },
  })

  async function begin(): Promise<void> {
    for (;;) {
      try {
        const there = await rows.begin({ id, stream, prefix, startedAt }, node)
        if (phase === 'beginning') phase = there ? 'begun' : 'dropped'
        return
      } catch (error) {
        log.fault('recording begin', error)
        await later()
      }
    }
  }

  const later = () => new Promise<void>((resolve) => void clock.after(RETRY_MS, resolve))

  function trouble(what: Trouble): void {
    if (fault === FAULTS[what]) return
    fault = FAULTS[what]
    deps.onFault()
  }

  function lost(dvr: DvrPiece): void {
    dvr.kept = false
    rendered = {}
  }

  function configOf({ take, init }: TapeSegment): Config {
    const same = configs.find((config) => sameBytes(config.init, init))
    if (same) return same
    const config = { number: take, init, kept: false }
    configs = [...configs.slice(1 - CONFIGS), config]
    return config
  }

  function take(segment: TapeSegment): void {
    const { msn, at, ms, independent, discontinuity, discontinuities, bytes: body } = segment
    const config = configOf(segment)
    const place = { msn, take: segment.take, config: config.number, at, ms, independent }
    const dvr = { ...place, discontinuity, discontinuities, kept: true }
    window.push(dvr)
    const since = window.findIndex((one) => at - one.at <= DVR_MS)
    if (since > 0) window = window.slice(since)
    rendered = {}
    if (!queue.put({ piece: { ...place, bytes: body.byteLength }, dvr, config, bytes: body })) lost(dvr)
  }

  async function finish(): Promise<void> {
    await queue.idle()
    if (phase === 'dropped' || !(await closeRow())) await storage.remove(`${id}/`)
  }

  /** False: the row is gone. Another node that took it over, because this one was not heard of, has it whole. */
  async function closeRow(): Promise<boolean> {
    const reel = new TextEncoder().encode(writeReel(ledger.all()))
    // Without it the recording is read from a listing.
    if (newest) await storage.put(reelKey(id), reel).catch((error: unknown) => log.fault('reel', error))
    const last = newest
    const endedAt = Math.round(last ? last.at + last.ms : startedAt)
    const state = last ? 'ready' : 'failed'
    for (;;) {
      try {
        if (await rows.finish(node, { ...now(), state, endedAt })) return true
        return (await rows.ofStream(stream)).some((row) => row.id === id)
      } catch (error) {
        log.fault('recording end', error)
        await later()
      }
    }
  }

  const now = (): Progress => ({ id, wholeMs: Math.round(wholeMs), bytes, fault })

  function leave(): void {
    settle()
    deps.onOver()
  }

  function end(): void {
    if (ended) return
    ended = true
    const begun = early === null
    early = null
    if (begun)
      finish()
        .catch((error: unknown) => log.fault('recording end', error))
        .finally(leave)
    else leave()
  }

  return {
    ...{ id, stream, prefix, over, end },
    segment(segment) {
      if (ended || phase === 'dropped') return
      if (!early) {
        take(segment)
        return
      }
      early.push(segment)
      if (early.length > EARLY) early.shift()
      if (segment.ms < SEGMENT_GOAL_MS) return
      const first = early
      early = null
      startedAt = Math.round(first[0]?.at ?? segment.at)
      phase = 'beginning'
      first.forEach(take)
    },
    dvr(isOver, skip) {
      if (window.length === 0) return null
      return (rendered[`${isOver} ${skip}`] ??= dvrPlaylist(prefix, window, { ended: isOver, skip }))
    },
    pieces: ledger.all,
    waiting: (msn) => queue.waiting().find(({ piece }) => piece.msn === msn)?.bytes,
    progress: () => (phase === 'begun' ? now() : null),
    drop() {
      // One that is finishing finds out by itself, and must not throw away what it finished.
      if (ended) return
      phase = 'dropped'
      end()
    },
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array) =>
  a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
