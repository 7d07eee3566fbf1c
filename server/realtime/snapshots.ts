// The room for readers that cannot take all of it: once a second the newest entries, as one frame, to whoever has
// taken what came before; everything again after a minute of keeping up (C15). Nothing ever piles up here.
import { LIMITS } from '../../shared/protocol/index.ts'
import type { Snapshot } from '../../shared/protocol/index.ts'
import type { StreamId } from '../../shared/ids.ts'
import type { Clock } from '../app/ports.ts'
import type { Pulse } from './pulse.ts'
import type { Side } from './sides.ts'

export type SnapshotReader = {
  stream: StreamId
  side: Side
  /** Bytes that wait for it. */
  buffered(): number
  /** Subscribes it to the room. */
  listen(): void
  /** May close the socket, which stops the reader. */
  send(frame: string): void
  /** It is live again: subscribed to the room, and served no more. */
  keptUp(): void
}
export type Snapshots = {
  /** From the next second on, behind a welcome that ended at the present position. Returns how to stop. */
  serve(reader: SnapshotReader): () => void
  /** Readers served now. */
  count(): number
}

/** Waiting for less than this, a reader has taken the last frame, or nearly. */
const LOW_BYTES = 16 * 1_024
const KEPT_UP_MS = 60_000

type Served = SnapshotReader & { seq: number; inTimeSince: number }

export function createSnapshots({
  clock,
  pulse,
}: {
  clock: Clock
  pulse: Pick<Pulse, 'current'>
}): Snapshots {
  const served = new Set<Served>()
  let cancel: (() => void) | null = null

  function beat() {
    cancel = clock.after(LIMITS.snapshotMs, () => {
      const now = clock.now()
      // Many readers of one side of a room get the same bytes.
      const frames = new Map<Side, string>()
      for (const reader of [...served]) if (served.has(reader)) show(reader, now, frames)
      if (served.size > 0) beat()
      else cancel = null
    })
  }

  function show(reader: Served, now: number, frames: Map<Side, string>) {
    const { side } = reader
    if (reader.buffered() > LOW_BYTES) {
      reader.inTimeSince = now
      return
    }
    const seq = side.known()
    if (now - reader.inTimeSince >= KEPT_UP_MS) {
      // In one turn: nothing can be published between the frame's position and the subscription. The seat may be
      // behind what the reader was shown.
      side.settle()
      reader.send(JSON.stringify({ ...snapshot(reader), live: true } satisfies Snapshot))
      if (!served.delete(reader)) return // it was closed instead
      reader.listen()
      reader.keptUp()
    } else if (seq !== reader.seq) {
      const frame = frames.get(side) ?? JSON.stringify(snapshot(reader))
      frames.set(side, frame)
      reader.seq = seq
      reader.send(frame)
    }
  }

  function snapshot({ stream, side }: SnapshotReader): Snapshot {
    const { epoch, seq, entries } = side.view(side.known())
    const { pin, slowSeconds, rules, state } = side.facts()
    return {
      t: 'snapshot',
      log: 'room',
      epoch,
      seq,
      entries: entries.slice(-LIMITS.snapshotEntries),
      pin,
      slowSeconds,
      rules,
      state,
      pulse: pulse.current(stream),
    }
  }

  return {
    serve(given) {
      const { seq } = given.side.seat()
      const reader = { ...given, seq, inTimeSince: clock.now() }
      served.add(reader)
      if (!cancel) beat()
      return () => {
        served.delete(reader)
        if (served.size > 0) return
        cancel?.()
        cancel = null
      }
    },
    count: () => served.size,
  }
}
