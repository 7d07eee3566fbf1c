// What lost webhooks left wrong is found by asking: every minute, about the shows that something is expected of, and
// in numbers that Mux does not mind. It also does at Mux what could not be done when it was due.
import type { MuxCases } from './mux.ts'
import { muxAssetOf } from './mux-asset.ts'
import { MuxFault, type MuxApi, type MuxNotes, type MuxRow } from './mux-ports.ts'
import type { Clock, Log, Random } from './ports.ts'

const EVERY_MS = 60_000
/** Rounds start apart, so that nodes do not ask together for ever. */
const JITTER_MS = 5_000
const MOST_PER_ROUND = 40
const LONGEST_PAUSE_MS = 10 * 60_000
/** An answer is younger than any webhook that was sent this long before it; clocks differ less. */
const SKEW_MS = 30_000
const ROUNDS_PER_PRUNE = 60

export function createMuxReconciler(deps: {
  api: MuxApi
  notes: MuxNotes
  close: MuxCases['close']
  tell: (row: MuxRow) => void
  /** How long Mux waits for an encoder that dropped. */
  reconnectMs: number
  clock: Clock
  random: Pick<Random, 'fraction'>
  log: Log
}) {
  const { api, notes, clock, random, log } = deps
  let failures = 0
  let rounds = 0
  let stopped = false
  let cancel = (): void => undefined

  const learnLive = (live: string, said: 'active' | 'idle', at: number) =>
    notes.learn({ about: 'live', live, said, at })

  const isMissed = ({ newest, activeAt, state }: MuxRow) =>
    state !== 'ended' && activeAt === null && (newest === 'none' || newest === 'idle')

  /** Encoders that nobody told us of. */
  async function findActive(): Promise<void> {
    const at = clock.now() - SKEW_MS
    const rows = await notes.byLive(await api.active())
    for (const row of rows.filter(isMissed)) {
      await learnLive(row.live, 'active', at)
      await tellAgain(row)
    }
  }

  /** While its window runs, a live stream that lost its encoder is active too. */
  function isNews({ newest, newestAt }: MuxRow): boolean {
    if (newest !== 'disconnected') return newest !== 'active'
    return clock.now() - (newestAt ?? 0) > deps.reconnectMs + SKEW_MS
  }

  async function tellAgain(row: MuxRow): Promise<void> {
    for (const now of await notes.byLive([row.live])) deps.tell(now)
  }

  async function check(row: MuxRow): Promise<void> {
    if (row.state === 'ended' && row.closedAt === null) await deps.close(row.stream)
    const at = clock.now() - SKEW_MS
    const found = await api.live(row.live)
    if (row.state !== 'ended') {
      if (found?.status !== 'active') {
        if (!found?.encoding) await learnLive(row.live, 'idle', at)
      } else if (isNews(row)) await learnLive(row.live, 'active', at)
    }
    // Of a show that came and went unseen its recording tells.
    if (row.activeAt !== null || row.newest === 'idle')
      for (const id of found?.assets ?? []) {
        const said = await api.asset(id)
        if (said) await notes.learn({ about: 'asset', asset: muxAssetOf(said), deleted: false, at })
      }
    await tellAgain(row)
  }

  async function bury({ id, kind }: { id: string; kind: 'live' | 'asset' }): Promise<void> {
    if (kind === 'asset') await api.deleteAsset(id)
    else {
      // Assets that no webhook told us of hang on nothing else.
      for (const asset of await api.assetsOf(id)) await api.deleteAsset(asset.id)
      await api.deleteLive(id)
    }
    await notes.gone(id)
  }

  /** One thing that goes wrong stops only itself; a Mux that is away or busy stops the round. */
  async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
    for (const one of all) {
      try {
        await work(one)
      } catch (error) {
        if (!(error instanceof MuxFault) || error.kind !== 'refused') throw error
        log.fault('mux reconciler', error)
      }
    }
  }

  async function round(): Promise<void> {
    // Claimed with a little less than a round: the next one finds what this one looked at.
    const fresh = EVERY_MS - 2 * JITTER_MS
    const due = await notes.due(fresh, MOST_PER_ROUND)
    await findActive()
    await each(due, check)
    await each(await notes.doomed(fresh, MOST_PER_ROUND), bury)
    if (rounds % ROUNDS_PER_PRUNE === 0) await notes.prune()
    rounds += 1
  }

  function next(ms: number): void {
    if (stopped) return
    cancel = clock.after(ms, () => {
      round().then(
        () => {
          failures = 0
          next(EVERY_MS - random.fraction() * JITTER_MS)
        },
        (error: unknown) => {
          log.fault('mux reconciler', error)
          failures += 1
          const asked = error instanceof MuxFault ? (error.retryAfterMs ?? 0) : 0
          next(Math.max(asked, Math.min(EVERY_MS * 2 ** failures, LONGEST_PAUSE_MS)))
        },
      )
    })
  }

  return {
    start(): () => void {
      next(random.fraction() * EVERY_MS)
      return () => {
        stopped = true
        cancel()
      }
    },
  }
}
