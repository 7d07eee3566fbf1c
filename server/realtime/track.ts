// One followed log on this node: applies entry n only after n-1, drops what it has, fills gaps from the journal
// with one fetch in flight while later entries wait (C10). The bus may lose, repeat and reorder; this may not.
import type { Epoch, PrincipalId } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/index.ts'
import type { LogKey } from '../domain/log.ts'
import type { Journal, Log, Page } from '../app/ports.ts'
import { createChannel } from './fanout.ts'
import type { Channel, ChannelDeps, Listener, OpenChannel } from './fanout.ts'
import { createRing } from './ring.ts'
import type { Positions } from './positions.ts'
import type { LogView } from './resume.ts'

/** As many as a resume may ask for: whoever missed more gets a snapshot. A private log is smaller: most hold a
 * handful of messages, and there is one per viewer. */
const RING = { room: 500, inbox: 500, thread: 100, backstage: 500 } as const
const FETCH = 500
/** Entries kept out of order. Beyond it they are fetched again when their turn comes. */
const WAITING = 500
/** Fetches in a row that bring nothing although the position says there is something: the reader's right or
 * the log is gone, and only a new join can tell. Polls come once a second. */
const FRUITLESS = 3

export type Track = {
  log: LogKey
  /** Entries the bus brought, in any order, with any holes. */
  offer(epoch: Epoch, entries: readonly Entry[]): void
  /** There is no such log any more: `lost`, once. */
  lose(): void
  /** The log reaches `seq` now. */
  reaches(epoch: Epoch, seq: number): void
  epoch: Epoch
  seq(): number
  /** Whether there is more than it has. */
  behind(): boolean
  readonly channel: Channel
  /** Subscribes to the channel, from its seat on. */
  listen(listener: Listener): void
  /** Once, for one that listens: it is gone. */
  unlisten(listener: Listener): void
  /** Resolves when no fetch is in flight. */
  filled(): Promise<void>
  /** What was sent to everybody who listens: a new listener starts right behind it. Or up to `seq`. */
  view(seq?: number): LogView
  /** Entries `from`..`to` without the journal; null unless all of them are in memory. */
  held(from: number, to: number): Entry[] | null
  close(): void
}

export type TrackDeps = {
  journal: Pick<Journal, 'latest' | 'read'>
  positions: Positions
  log: Log
  channel: ChannelDeps
}
export type TrackHooks = {
  /** Another channel than the plain one. */
  channel?: ((open: OpenChannel, start: number) => Channel) | undefined
  applied(entries: readonly Entry[]): void
  /** The position can no longer be trusted: everybody joins again. */
  lost(): void
}

/** Where a log stands: most threads are empty, and a join asks for one. Their positions are asked together, and only
 * those that hold something are read. `as` is who the log is read as: nobody for a room, the owner of the thread, the
 * host for the inbox. */
export async function newest(
  { journal, positions }: TrackDeps,
  key: LogKey,
  as: PrincipalId | null,
): Promise<Page> {
  const position = key.kind === 'thread' ? await positions.of(key) : null
  if (position?.seq === 0) return { epoch: position.epoch, seq: 0, entries: [] }
  return await journal.latest(as, key, RING[key.kind])
}

/** Goes on from `page`, which is the newest of the log. */
export function openTrack(
  deps: TrackDeps,
  key: LogKey,
  as: PrincipalId | null,
  hooks: TrackHooks,
  page: Page,
): Track {
  const { journal, log } = deps
  const { epoch } = page
  const ring = createRing(RING[key.kind], page.entries)
  const open: OpenChannel = ({ seq: from, suffix }) =>
    createChannel(deps.channel, key, { epoch, seq: from }, suffix)
  const channel = hooks.channel?.(open, page.seq) ?? open(page)
  const seats = new Map<Listener, () => void>()
  const waiting = new Map<number, Entry>()
  let seq = page.seq
  let target = seq
  let fetch: Promise<void> | null = null
  let fruitless = 0
  let closed = false

  function advance() {
    if (closed) return
    const run: Entry[] = []
    for (let next = waiting.get(seq + 1); next; next = waiting.get(seq + 1)) {
      waiting.delete(next.seq)
      ring.push(next, next.seq - channel.told())
      run.push(next)
      seq = next.seq
    }
    if (run.length > 0) {
      fruitless = 0
      hooks.applied(run)
      channel.push(run)
    }
    if (target > seq) fetch ??= fill()
  }

  async function fill(): Promise<void> {
    const from = seq + 1
    const to = Math.min(target, from + FETCH - 1, ...[...waiting.keys()].map((next) => next - 1))
    const entries = await journal.read(as, key, from, to).catch((error: unknown) => {
      // The next poll asks again.
      log.fault('gap fill', error)
      return null
    })
    fetch = null
    for (const entry of entries ?? []) if (entry.seq > seq) waiting.set(entry.seq, entry)
    if (seq >= from || waiting.has(seq + 1)) advance()
    else if (entries && ++fruitless >= FRUITLESS) lose()
  }

  function lose() {
    if (closed) return
    closed = true
    hooks.lost()
  }

  function reaches(where: Epoch, last: number) {
    if (where !== epoch) lose()
    else {
      target = Math.max(target, last)
      advance()
    }
  }

  return {
    log: key,
    epoch,
    channel,
    seq: () => seq,
    behind: () => target > seq,
    listen: (listener) => void seats.set(listener, channel.listen(listener)),
    unlisten(listener) {
      seats.get(listener)?.()
      seats.delete(listener)
    },
    offer(where, entries) {
      // Another numbering is the poll's to confirm: a stray notice must not send everybody away.
      if (closed || where !== epoch) return
      for (const entry of entries) {
        target = Math.max(target, entry.seq)
        if (entry.seq > seq && waiting.size < WAITING) waiting.set(entry.seq, entry)
      }
      advance()
    },
    lose,
    reaches,
    async filled() {
      while (fetch) await fetch
    },
    view(upTo = channel.seat().seq) {
      return { epoch, seq: upTo, entries: ring.upTo(upTo) }
    },
    held: (from, to) => ring.between(from, to),
    close() {
      closed = true
      channel.close()
    },
  }
}
