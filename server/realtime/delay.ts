// The moderation delay of one room (C20). Without one it is not there: a single channel, a single topic. With one,
// host and moderators move to a topic of their own that is told at once, and the topic of everybody else runs
// behind. One timer for the room; the few who moderate are the only sockets that are ever moved.
import { ready, stillWaiting, stripped } from '../domain/delay.ts'
import type { Waiting } from '../domain/delay.ts'
import type { Entry } from '../../shared/protocol/index.ts'
import type { Clock } from '../app/ports.ts'
import type { Channel, Listener, OpenChannel } from './fanout.ts'

/** As a channel it is that of everybody: its end runs behind. */
export type Delay = Channel & {
  /** The delay of a room that is just being opened: `newest` entries end where the log does, some have still to
   * wait. Answers those. */
  begin(ms: number, newest: readonly Entry[]): readonly Entry[]
  /** The delay from now on. What waits goes by it too; with 0 it all goes at once. */
  set(ms: number): void
  on(): boolean
  /** Where those stand who are told at once. */
  prompt(): Pick<Channel, 'seat' | 'end' | 'settle'>
  /** Seats one of them, and keeps it on the right topic until the returned function is called. */
  listenPromptly(listener: Listener): () => void
  /** Resolves when everybody has been told up to `seq`, or the room was closed. */
  reached(seq: number): Promise<void>
}

/** `shown` is called before entries go out behind a delay. */
export function createDelay(
  clock: Clock,
  open: OpenChannel,
  start: number,
  shown: (entries: readonly Entry[]) => void,
): Delay {
  let late = open({ seq: start })
  /** There while there is a delay, and only then. */
  let prompt: Channel | null = null
  let delayMs = 0
  let waiting: Waiting[] = []
  let cancel: (() => void) | null = null
  /** How each leaves the topic it is on. */
  const promptly = new Map<Listener, () => void>()
  const arrivals = new Set<{ seq: number; resolve: () => void }>()

  const openPrompt = (seq: number) => open({ seq, suffix: ':prompt' })

  function stopTimer() {
    cancel?.()
    cancel = null
  }

  function beat() {
    stopTimer()
    const { count, nextMs } = ready(waiting, delayMs, clock.now())
    release(count)
    if (nextMs !== null) cancel = clock.after(nextMs, beat)
  }

  function release(count: number) {
    const out = waiting.slice(0, count).map(({ entry }) => entry)
    const last = out.at(-1)
    if (!last) return
    waiting = waiting.slice(count)
    shown(out)
    late.push(out)
    for (const arrival of [...arrivals]) if (arrival.seq <= last.seq) arrive(arrival)
  }

  function arrive(arrival: { resolve: () => void } & { seq: number }) {
    arrivals.delete(arrival)
    arrival.resolve()
  }

  function move(from: Channel, to: Channel) {
    // At one position: what was told on the one so far was told on the other.
    from.flush()
    to.flush()
    for (const [listener, leave] of promptly) {
      promptly.set(listener, to.listen(listener))
      leave()
    }
  }

  function part(): Channel {
    late.flush()
    prompt = openPrompt(late.end())
    move(late, prompt)
    return prompt
  }

  function unite(former: Channel) {
    stopTimer()
    release(waiting.length)
    move(former, late)
    former.close()
    prompt = null
  }

  return {
    push(entries) {
      if (!prompt) {
        late.push(entries)
        return
      }
      prompt.push(entries)
      const since = clock.now()
      waiting.push(...entries.map((entry) => ({ entry, since })))
      for (const { event } of entries) if (event.type === 'deleted') waiting = stripped(waiting, event.target)
      if (!cancel) beat()
    },
    flush() {
      late.flush()
      prompt?.flush()
    },
    seat: () => late.seat(),
    end: () => late.end(),
    told: () => late.told(),
    settle: () => late.settle(),
    listen: (listener) => late.listen(listener),
    tell(frame) {
      late.tell(frame)
      prompt?.tell(frame)
    },
    tellPosition() {
      late.tellPosition()
      prompt?.tellPosition()
    },
    close() {
      stopTimer()
      late.close()
      prompt?.close()
      waiting = []
      for (const arrival of [...arrivals]) arrive(arrival)
    },
    begin(ms, newest) {
      if (ms === 0) return []
      delayMs = ms
      const end = newest.at(-1)?.seq ?? start
      waiting = stillWaiting(newest, ms, clock.now())
      // Nobody listens yet: it may go on from before where it began.
      late.close()
      late = open({ seq: end - waiting.length })
      prompt = openPrompt(end)
      const held = waiting.map(({ entry }) => entry)
      beat()
      return held
    },
    set(ms) {
      if (ms === delayMs) return
      delayMs = ms
      if (ms > 0 && !prompt) part()
      if (ms === 0 && prompt) unite(prompt)
      else beat()
    },
    on: () => prompt !== null,
    prompt: () => prompt ?? late,
    listenPromptly(listener) {
      promptly.set(listener, (prompt ?? late).listen(listener))
      return () => {
        promptly.get(listener)?.()
        promptly.delete(listener)
      }
    },
    reached(seq) {
      if (late.end() >= seq || !prompt) return Promise.resolve()
      return new Promise((resolve) => {
        const arrival = { seq, resolve }
        const first = waiting[0]
        if (!first || first.entry.seq > seq) arrive(arrival)
        else arrivals.add(arrival)
      })
    },
  }
}
