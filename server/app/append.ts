// Group commit. Everything that waited while the last commit ran goes into the next, so an idle room acks in one
// round trip and a busy one batches by itself. Acts go between batches. A stream has one commit under way at most:
// the notices of one log leave this node in the order of their commits.
import { deny } from '../../shared/protocol/index.ts'
import type { Entry, Result } from '../../shared/protocol/index.ts'
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import { logId } from '../domain/log.ts'
import { createLanes } from './lanes.ts'
import type { Act, Bus, Change, Clock, Draft, Journal, Log, Notice, Placed } from './ports.ts'

/** One statement of 200 rows stays well under 10 ms; more only makes the first of them wait. */
const BATCH = 200
const QUEUE = 2_000
const MAX_WAIT_MS = 2_000
const AWAY_RETRY_MS = 1_000

type Waiting<T> = { stream: StreamId; work: T; answer: (result: Result<Change>) => void }
type ActWork = { by: PrincipalId | null; act: Act }

export type Append = {
  /** Resolves after the commit, or with a refusal; never rejects. */
  say(draft: Draft): Promise<Result<Change>>
  act(by: PrincipalId | null, stream: StreamId, act: Act): Promise<Result<Change>>
  /** Takes nothing more; resolves when what was taken is committed and answered. */
  close(): Promise<void>
}

type Deps = {
  journal: Journal
  bus: Bus
  clock: Clock
  log: Log
  /** Commits at once while some of them hang; below the connections to the database. */
  lanes: number
}

export function createAppend({ journal, bus, clock, log, lanes: most }: Deps): Append {
  const drafts: Waiting<Draft>[] = []
  const acts: Waiting<ActWork>[] = []
  const lanes = createLanes({ clock, most }, begin)
  const whenIdle: (() => void)[] = []
  let woken = false
  let actsTurn = false
  let commitMs = 1
  let closed = false

  /** What a newcomer would wait: the rest of the queue at the pace of late. A commit of its own stream that hangs
   * counts as slow as it has already been. */
  function estimateMs(stream: StreamId): number {
    const since = lanes.since(stream)
    const pace = since === null ? commitMs : Math.max(commitMs, clock.now() - since)
    return pace * (Math.ceil(drafts.length / BATCH) + acts.length + (lanes.count > 0 ? 1 : 0))
  }

  function admit<T>(queue: Waiting<T>[], stream: StreamId, work: T): Promise<Result<Change>> {
    if (closed) return Promise.resolve(deny('overloaded', { retryAfterMs: AWAY_RETRY_MS }))
    const wait = estimateMs(stream)
    if (drafts.length + acts.length >= QUEUE || wait > MAX_WAIT_MS)
      return Promise.resolve(
        deny('overloaded', { retryAfterMs: Math.ceil(Math.max(250, Math.min(wait, 10_000))) }),
      )
    return new Promise((answer) => {
      queue.push({ stream, work, answer })
      wake()
    })
  }

  /** One turn's sends meet in one batch: begins behind the callers that are already on the stack. */
  function wake() {
    if (woken) return
    woken = true
    Promise.resolve()
      .then(() => {
        woken = false
        begin()
      })
      .catch((error: unknown) => log.fault('append', error))
  }

  function begin() {
    while (lanes.free() && (commitAct(actsTurn) || commitDrafts() || commitAct(true)));
  }

  function commitDrafts(): boolean {
    const batch = lanes.pick(drafts, BATCH)
    if (batch.length === 0) return false
    actsTurn = true
    fly(batch, () => journal.append(batch.map(({ work }) => work)))
    return true
  }

  /** One at a time, behind a batch when both wait. */
  function commitAct(turn: boolean): boolean {
    const [next] = turn ? lanes.pick(acts, 1) : []
    if (!next) return false
    actsTurn = false
    const { stream, work } = next
    fly([next], async () => [await journal.act(work.by, stream, work.act)])
    return true
  }

  function fly(waiting: readonly Waiting<unknown>[], commit: () => Promise<Result<Change>[]>) {
    settle(waiting, commit)
      .then(begin)
      .catch((error: unknown) => log.fault('append', error))
      .finally(() => {
        if (isIdle()) for (const resolve of whenIdle.splice(0)) resolve()
      })
      .catch(() => undefined)
  }

  const isIdle = () => lanes.count + drafts.length + acts.length === 0

  /** Runs one commit. A throw is an unknown outcome: everybody is told to come again with the same id. */
  async function settle(waiting: readonly Waiting<unknown>[], commit: () => Promise<Result<Change>[]>) {
    const flight = lanes.depart(new Set(waiting.map(({ stream }) => stream)))
    let results: Result<Change>[] = []
    let failed = false
    try {
      results = await commit()
      publish(results)
    } catch (error) {
      failed = true
      log.fault('append', error)
    }
    lanes.landed(flight, failed)
    // What failed says nothing about the pace of the others.
    if (!failed) commitMs = 0.8 * commitMs + 0.2 * Math.max(1, clock.now() - flight.since)
    const unknown = deny('unavailable', { retryAfterMs: AWAY_RETRY_MS })
    waiting.forEach(({ answer }, i) => answer(results[i] ?? unknown))
  }

  function publish(results: readonly Result<Change>[]) {
    const placed = results.flatMap((result) => (result.ok && !result.value.dup ? result.value.placed : []))
    for (const notice of noticesFor(placed)) bus.publish(notice)
    if (results.some((result) => result.ok && result.value.revoked)) bus.publish({ type: 'revoked' })
  }

  return {
    say: (draft) => admit(drafts, draft.stream, draft),
    act: (by, stream, act) => admit(acts, stream, { by, act }),
    close() {
      closed = true
      return isIdle() ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))
    },
  }
}

/** One notice per log: the entries of a room in seq order; of a private log only how far it goes now. */
export function noticesFor(placed: readonly Placed[]): Notice[] {
  const logs = new Map<string, Placed[]>()
  for (const place of placed) {
    const id = logId(place.log)
    const same = logs.get(id)
    if (same) same.push(place)
    else logs.set(id, [place])
  }
  return [...logs.values()].flatMap((places): Notice[] => {
    const last = places.reduce((a, b) => (b.seq > a.seq ? b : a))
    const { log, epoch } = last
    if (log.kind !== 'room') return [{ type: 'pointer', log, epoch, seq: last.seq }]
    const entries = places.flatMap(({ entry }): Entry[] => (entry ? [entry] : []))
    return [{ type: 'entries', log, epoch, entries: entries.sort((a, b) => a.seq - b.seq) }]
  })
}
