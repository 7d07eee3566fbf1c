// How fast a node writes to those who listen. What fan-out costs is writes, not messages: one carries whatever has
// come up since the last. So a node has writes to spend: while there are some left, everybody is told at once;
// when they are spent, the parts of all rooms wait in one line, and what is said meanwhile goes out together. A big
// busy room is thereby told part by part in even turns: cheaper the busier it is, and the loop is never held long.
import type { Clock } from '../app/ports.ts'

/** Listeners that are told together, one write each. */
export type Part = { listeners(): number; tell(): void }
export type Pace = {
  /** The part has something to say. It is told in this very turn or when its time has come, once; asking again
   * changes nothing. `audience`: everybody that hears the same, part by part. */
  wants(part: Part, audience: number): void
  /** It has nothing to say any more. */
  forget(part: Part): void
}

/** About half of a core: a write to a cold socket takes the kernel about 10 us. */
const WRITES_PER_MS = 49
/** Nobody waits longer than this: with more listeners than can be told in it, the node writes faster. */
const ROUND_MS = 240
/** What has been saved up while it was quiet: a lone line in a big room need not wait. */
const SAVED = 10_000
/** In one go: about 4 ms, then others have their turn. */
const AT_ONCE = 500

type Waiting = { part: Part; due: number; listeners: number }

export function createPace(clock: Clock): Pace {
  /** By when each would have its turn if its audience were alone here: few listeners do not wait behind many. */
  const line: Waiting[] = []
  const waiting = new Map<Part, Waiting>()
  let wanted = 0
  let left = SAVED
  let countedAt = clock.now()
  let turn = { at: countedAt, written: 0 }
  let cancel: (() => void) | null = null

  const perMs = () => Math.max(WRITES_PER_MS, wanted / ROUND_MS)

  function count(): number {
    const now = clock.now()
    // A clock that was set back must not cost anybody anything.
    left = Math.min(SAVED, left + Math.max(0, now - countedAt) * perMs())
    countedAt = now
    if (turn.at !== now) turn = { at: now, written: 0 }
    return now
  }

  function enqueue(part: Part, due: number) {
    const one = { part, due, listeners: Math.max(1, part.listeners()) }
    let at = line.length
    while (at > 0 && (line[at - 1]?.due ?? 0) > due) at -= 1
    line.splice(at, 0, one)
    waiting.set(part, one)
    wanted += one.listeners
  }

  function remove(one: Waiting) {
    waiting.delete(one.part)
    wanted -= one.listeners
  }

  function serve() {
    count()
    while (left > 0 && turn.written < AT_ONCE) {
      const next = line.shift()
      if (!next) return
      if (waiting.get(next.part) !== next) continue // forgotten
      remove(next)
      left -= next.listeners
      turn.written += next.listeners
      next.part.tell()
    }
    if (line.length > 0) cancel = clock.after(left > 0 ? 0 : Math.max(1, Math.ceil(-left / perMs())), resume)
  }

  function resume() {
    cancel = null
    turn = { at: clock.now(), written: 0 }
    serve()
  }

  return {
    wants(part, audience) {
      if (waiting.has(part)) return
      enqueue(part, count() + audience / WRITES_PER_MS)
      if (!cancel) serve()
    },
    forget(part) {
      const one = waiting.get(part)
      if (one) remove(one)
    },
  }
}
