// Entries out to the sockets: encoded once per log, published once per topic. A quiet log is flushed at once; a
// busy one with many listeners coalesces, because the cost of fan-out is writes, not messages.
//
// `seat` is the seam for splitting a big room into sub-topics: it says which topic a new socket listens to and
// up to where that topic has been served.
import { logId, nameOf } from '../domain/log.ts'
import type { LogKey } from '../domain/log.ts'
import { withoutText } from '../domain/tombstone.ts'
import type { Entry, Frame } from '../../shared/protocol/index.ts'
import type { Epoch } from '../../shared/ids.ts'
import type { Clock, Topics } from '../app/ports.ts'

/** One write to a cold socket costs about 10 us: at this pace a flush may take a fifth of the time to the next. */
const WINDOW_MS_PER_LISTENER = 0.05
const WINDOW_MAX_MS = 100
/** Below this many listeners a window holds one message at most and costs its length. */
const FEW_LISTENERS = 100
/** Larger publishes bypass the socket library's corking. Counted in UTF-16 units: a soft bound. */
const FRAME_CHARS = 16_000

export type Seat = { topic: string; seq: number }
export type Channel = {
  /** Consecutive entries, right after the last ones. */
  push(entries: readonly Entry[]): void
  flush(): void
  seat(): Seat
  /** To every listener, beside the log. */
  tell(frame: Frame): void
  /** How far the log was told to these listeners: whoever has heard less reads the gap. */
  tellPosition(): void
  close(): void
}

/** A channel of one log. Behind `suffix` it has a topic of its own; `listeners` when not all of the log's listen. */
export type OpenChannel = (at: { seq: number; suffix?: string; listeners?: () => number }) => Channel

type Deps = { topics: Topics; clock: Clock }

export function createChannel(
  { topics, clock }: Deps,
  log: LogKey,
  start: { epoch: Epoch; seq: number },
  listeners: () => number,
  suffix = '',
): Channel {
  const topic = logId(log) + suffix
  let published = start.seq
  let pending: Entry[] = []
  let cancel: (() => void) | null = null

  function flush() {
    const last = pending.at(-1)
    if (!last) return
    for (const frame of frames(log, start.epoch, pending)) topics.publish(topic, frame)
    pending = []
    published = last.seq
  }

  function window() {
    const count = listeners()
    if (count < FEW_LISTENERS) return
    const ms = Math.min(WINDOW_MAX_MS, count * WINDOW_MS_PER_LISTENER)
    cancel = clock.after(ms, () => {
      cancel = null
      if (pending.length === 0) return
      flush()
      window()
    })
  }

  const tell = (frame: Frame) => topics.publish(topic, JSON.stringify(frame))

  return {
    push(entries) {
      pending.push(...entries)
      // A delete that waits beside its message: the text need not go out any more (L6).
      for (const { event } of entries)
        if (event.type === 'deleted') pending = pending.map((entry) => withoutText(entry, event.target))
      if (cancel) return
      flush()
      window()
    },
    flush,
    seat: () => ({ topic, seq: published }),
    tell,
    tellPosition: () => tell({ t: 'pos', log: nameOf(log), epoch: start.epoch, seq: published }),
    close() {
      cancel?.()
      cancel = null
      pending = []
    },
  }
}

function* frames(log: LogKey, epoch: Epoch, entries: readonly Entry[]): Generator<string> {
  const head = `{"t":"entries","log":"${nameOf(log)}","epoch":${JSON.stringify(epoch)},"entries":[`
  let body = ''
  for (const entry of entries) {
    const json = JSON.stringify(entry)
    if (body !== '' && body.length + json.length > FRAME_CHARS) {
      yield `${head}${body}]}`
      body = ''
    }
    body += body === '' ? json : `,${json}`
  }
  if (body !== '') yield `${head}${body}]}`
}
