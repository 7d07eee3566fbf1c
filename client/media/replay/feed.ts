// Follows the moment that a picture shows and keeps the chat of that moment at hand: pages are fetched ahead by
// time, a seek starts another stretch, and what lies far behind is forgotten. Times are Unix ms, server clock.
import type { Message, Entry } from '../../../shared/protocol/events.ts'
import type { Replay } from '../../../shared/api/chat.ts'
import { ERRORS } from '../../../shared/protocol/errors.ts'
import type { Answer, Denial } from '../../api.ts'
import type { Clock } from '../../clock.ts'
import { backoffMs } from '../backoff.ts'
import { continued, countUntil, pinAt, preceded, tapeFrom, trimmed, type Tape } from './tape.ts'

export type ReplayRange = { from: number; to: number; after: number | null; pin: boolean }
export type ReplayState = {
  /** `failed`: it is tried again by itself; `refused`: it is not. */
  at: 'loading' | 'ready' | 'failed' | 'refused'
  /** Why, when it failed or was refused. */
  says: string
  /** What was said from `from` to the moment shown, and was not deleted. */
  entries: readonly Entry[]
  from: number
  /** Something may have been said before `from`. */
  earlier: boolean
  pin: Message | null
}
export type ReplayFeed = {
  /** The picture shows this moment now. */
  show(moment: number): void
  /** The reader has scrolled to the top: fetches what came before. */
  older(): void
  /** Whoever reads back keeps more. */
  lookingBack(on: boolean): void
  /** Tries again now. */
  retry(): void
  state(): ReplayState
  stop(): void
}
type FeedDeps = {
  /** When the chat of the show begins. */
  startedAt: number
  ask(range: ReplayRange): Promise<Answer<Replay>>
  clock: Clock
  fraction(): number
  /** What has been said until here can be asked for; moves while a stream is live. */
  edge(): number
  changed(state: ReplayState): void
}

/** Media time that is fetched ahead, how far a page reaches at most, and less than which no page is worth. */
const AHEAD_MS = 60_000
const SPAN_MS = 180_000
const LEAST_MS = 2_000
/** A moment this far beyond what is there is a seek, not a slow line. */
const JUMP_MS = 60_000
/** So much of the past comes with a seek; more when it holds fewer than `WANTED`. */
const BACK_MS = 30_000
const WANTED = 40
const MOST_BACK_MS = 2 * 3_600_000
const MOST_AHEAD = 600
const KEEP = 500
const LOOKING_BACK = 1_000

export function createReplayFeed(deps: FeedDeps): ReplayFeed {
  const { clock, startedAt } = deps
  let tape: Tape | null = null
  let moment = startedAt
  /** Another one with every seek: an answer to an older question is stale. */
  let round = 0
  let asking = false
  let pinKnown = false
  let backMs = BACK_MS
  let backwards = false
  let looking = false
  let failures = 0
  let stopped = false
  let cancelRetry: (() => void) | null = null
  let state: ReplayState = {
    at: 'loading',
    says: '',
    entries: [],
    from: startedAt,
    earlier: false,
    pin: null,
  }

  function tell(change: Partial<ReplayState>): void {
    const next = { ...state, ...change }
    const same = (Object.keys(next) as (keyof ReplayState)[]).every((key) => next[key] === state[key])
    if (same) return
    state = next
    deps.changed(state)
  }

  function present(): void {
    if (!tape) return
    const count = countUntil(tape.entries, moment)
    const first = tape.entries[0]?.seq
    const same = state.entries.length === count && state.entries[0]?.seq === (count > 0 ? first : undefined)
    const there = moment < tape.to || tape.to >= deps.edge() - LEAST_MS
    tell({
      at: there ? 'ready' : failures > 0 ? 'failed' : 'loading',
      entries: same ? state.entries : tape.entries.slice(0, count),
      from: tape.from,
      earlier: tape.from > startedAt,
      pin: pinAt(tape, moment),
    })
  }
  function begin(from: number): void {
    round += 1
    asking = false
    pinKnown = false
    tape = tapeFrom(Math.max(startedAt, Math.floor(from)))
  }

  /** What to ask for now, or null. */
  function wanted(): (ReplayRange & { back: boolean }) | null {
    if (!tape) return null
    const edge = deps.edge()
    const ahead = tape.entries.length - countUntil(tape.entries, moment)
    const to = Math.floor(Math.min(edge, Math.max(tape.to, moment) + SPAN_MS))
    const near = tape.to < moment + AHEAD_MS && ahead < MOST_AHEAD
    if (near && (tape.after !== null || to - tape.to >= LEAST_MS))
      return { from: tape.to, to, after: tape.after, pin: !pinKnown, back: false }
    const few = countUntil(tape.entries, moment) < WANTED && backMs <= MOST_BACK_MS
    if (tape.from <= startedAt || !(backwards || few)) return null
    const from = Math.max(startedAt, Math.floor(tape.from - backMs))
    return { from, to: tape.from, after: null, pin: true, back: true }
  }

  function pump(): void {
    const range = asking || cancelRetry || stopped ? null : wanted()
    if (!range) return
    asking = true
    const mine = round
    const { back, ...asked } = range
    deps.ask(asked).then(
      (answer) => {
        if (mine !== round || stopped) return
        asking = false
        if (!answer.ok) failed(answer.denial)
        else if (back) tookBack(asked, answer.value)
        else took(asked, answer.value)
      },
      (error: unknown) => {
        if (mine !== round || stopped) return
        asking = false
        failed(null)
        reportError(error)
      },
    )
  }

  function took(asked: ReplayRange, page: Replay): void {
    if (!tape) return
    failures = 0
    const reached = page.entries.at(-1)?.at ?? tape.to
    // So much is said that the page does not reach the moment: begin nearer to it instead of walking there.
    if (!pinKnown && page.next !== null && reached < moment && moment - asked.from > LEAST_MS) {
      begin(Math.max(asked.from + 1, moment - Math.max(1_000, (reached - asked.from) / 2)))
      pump()
      return
    }
    if (page.pin !== undefined) tape = { ...tape, pin: page.pin }
    pinKnown = true
    tape = continued(tape, { ...page, to: asked.to })
    settle()
  }

  function tookBack(asked: ReplayRange, page: Replay): void {
    if (!tape) return
    failures = 0
    if (page.next !== null) {
      const reached = page.entries.at(-1)?.at ?? asked.from
      // A whole page within a few milliseconds: what came before is not to be had by its time.
      backMs = backMs <= 2 ? Infinity : Math.max(1, (Math.min(reached, asked.to) - asked.from) / 2)
    } else if (asked.to === tape.from) {
      tape = preceded(tape, { from: asked.from, entries: page.entries, pin: page.pin ?? null })
      backMs *= 4
      if (page.entries.length > 0) backwards = false
    }
    if (!Number.isFinite(backMs)) backwards = false
    settle()
  }

  function settle(): void {
    if (tape) tape = trimmed(tape, moment, looking ? KEEP + LOOKING_BACK : KEEP)
    present()
    pump()
  }

  function failed(denial: Denial | null): void {
    const says = denial?.says ?? 'The chat does not come through.'
    const code = denial?.code ?? 'offline'
    if (code !== 'offline' && ERRORS[code].retry !== 'later') {
      stopped = true
      tell({ at: 'refused', says })
      return
    }
    failures += 1
    const wait = Math.max(denial?.retryAfterMs ?? 0, backoffMs(failures, deps.fraction()))
    cancelRetry = clock.after(wait, retry)
    if (tape && moment <= tape.to) return
    tell({ at: 'failed', says })
  }

  function retry(): void {
    cancelRetry?.()
    cancelRetry = null
    pump()
  }

  return {
    show(next) {
      if (stopped) return
      // The first pictures are older than the show: it counts as live once a segment of them is there.
      moment = Math.max(startedAt, next)
      const there = tape && moment >= tape.from && moment <= tape.to + JUMP_MS
      if (!there) {
        backMs = BACK_MS
        backwards = false
        begin(moment - BACK_MS)
        tell({ at: 'loading' })
      }
      settle()
    },
    older() {
      if (backwards || !tape || tape.from <= startedAt) return
      backwards = true
      if (backMs > MOST_BACK_MS && Number.isFinite(backMs)) backMs = MOST_BACK_MS
      pump()
    },
    lookingBack(on) {
      looking = on
      settle()
    },
    retry,
    state: () => state,
    stop() {
      stopped = true
      cancelRetry?.()
    },
  }
}
