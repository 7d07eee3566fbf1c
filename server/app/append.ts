// Group commit: one lane to the journal per node. Everything that waited while the last commit ran goes into the
// next, so an idle room acks in one round trip and a busy one batches by itself. Acts share the lane, between
// batches, so that the notices of one log leave this node in the order of their commits.
import { deny } from '../../shared/protocol/index.ts'
import type { Entry, Result } from '../../shared/protocol/index.ts'
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import { logId } from '../domain/log.ts'
import type { Act, Bus, Change, Clock, Draft, Journal, Log, Notice, Placed } from './ports.ts'

/** One statement of 200 rows stays well under 10 ms; more only makes the first of them wait. */
const BATCH = 200
const QUEUE = 2_000
const MAX_WAIT_MS = 2_000
const AWAY_RETRY_MS = 1_000

type Waiting<T> = { work: T; answer: (result: Result<Change>) => void }
type ActWork = { by: PrincipalId | null; stream: StreamId; act: Act }

export type Append = {
  /** Resolves after the commit, or with a refusal; never rejects. */
  say(draft: Draft): Promise<Result<Change>>
  act(by: PrincipalId | null, stream: StreamId, act: Act): Promise<Result<Change>>
  /** Takes nothing more; resolves when what was taken is committed and answered. */
  close(): Promise<void>
}

export function createAppend(deps: { journal: Journal; bus: Bus; clock: Clock; log: Log }): Append {
  const { journal, bus, clock, log } = deps
  const drafts: Waiting<Draft>[] = []
  const acts: Waiting<ActWork>[] = []
  const whenIdle: (() => void)[] = []
  let running = false
  /** When the commit in flight began. */
  let since: number | null = null
  let commitMs = 1
  let closed = false

  /** What a newcomer would wait: the rest of the queue at the pace of late. A commit that hangs counts as slow
   * as it has already been. */
  function estimateMs(): number {
    const pace = since === null ? commitMs : Math.max(commitMs, clock.now() - since)
    return pace * (Math.ceil(drafts.length / BATCH) + acts.length + (since === null ? 0 : 1))
  }

  function admit<T>(queue: Waiting<T>[], work: T): Promise<Result<Change>> {
    if (closed) return Promise.resolve(deny('overloaded', { retryAfterMs: AWAY_RETRY_MS }))
    const wait = estimateMs()
    if (drafts.length + acts.length >= QUEUE || wait > MAX_WAIT_MS)
      return Promise.resolve(
        deny('overloaded', { retryAfterMs: Math.ceil(Math.max(250, Math.min(wait, 10_000))) }),
      )
    return new Promise((answer) => {
      queue.push({ work, answer })
      if (!running) drain().catch((error: unknown) => log.fault('append', error))
    })
  }

  async function drain(): Promise<void> {
    running = true
    // One turn's sends meet in one batch: start behind the callers that are already on the stack.
    await Promise.resolve()
    while (drafts.length > 0 || acts.length > 0) {
      const batch = drafts.splice(0, BATCH)
      if (batch.length > 0) await settle(batch, () => journal.append(batch.map(({ work }) => work)))
      const next = acts.shift()
      if (next) {
        const { by, stream, act } = next.work
        await settle([next], async () => [await journal.act(by, stream, act)])
      }
    }
    running = false
    for (const resolve of whenIdle.splice(0)) resolve()
  }

  /** Runs one commit. A throw is an unknown outcome: everybody is told to come again with the same id. */
  async function settle(waiting: readonly Waiting<unknown>[], commit: () => Promise<Result<Change>[]>) {
    const started = clock.now()
    since = started
    let results: Result<Change>[] = []
    try {
      results = await commit()
      publish(results)
    } catch (error) {
      log.fault('append', error)
    }
    since = null
    commitMs = 0.8 * commitMs + 0.2 * Math.max(1, clock.now() - started)
    const unknown = deny('unavailable', { retryAfterMs: AWAY_RETRY_MS })
    waiting.forEach(({ answer }, i) => answer(results[i] ?? unknown))
  }

  function publish(results: readonly Result<Change>[]) {
    const placed = results.flatMap((result) => (result.ok && !result.value.dup ? result.value.placed : []))
    for (const notice of noticesFor(placed)) bus.publish(notice)
    if (results.some((result) => result.ok && result.value.revoked)) bus.publish({ type: 'revoked' })
  }

  return {
    say: (draft) => admit(drafts, draft),
    act: (by, stream, act) => admit(acts, { by, stream, act }),
    close() {
      closed = true
      return running ? new Promise((resolve) => whenIdle.push(resolve)) : Promise.resolve()
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
