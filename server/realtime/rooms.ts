// The rooms open on this node: the followed log, the facts beside it and the pulse, once per stream however many
// people are in it.
import type { StreamId } from '../../shared/ids.ts'
import type { Role } from '../../shared/protocol/index.ts'
import type { Clock, Journal, Streams } from '../app/ports.ts'
import type { KnownTerms } from '../app/terms.ts'
import type { Following, Hub } from './hub.ts'
import type { Pulse } from './pulse.ts'
import type { RoomFacts } from './room.ts'
import { createSides } from './sides.ts'
import type { Side } from './sides.ts'

/** `facts` are those of now, whoever is shown them later. */
export type Room = { following: Following; facts(): RoomFacts; side(role: Role): Side }
export type Rooms = {
  /** Rejects when the database is away, or the stream is not there. */
  enter(stream: StreamId, lost: () => void): Promise<{ room: Room; leave(): void }>
}

type Deps = {
  hub: Hub
  pulse: Pulse
  journal: Pick<Journal, 'pinned' | 'reactions'>
  streams: Pick<Streams, 'byId'>
  terms: Pick<KnownTerms, 'load'>
  clock: Clock
}
type Open = { lost: Set<() => void>; room: Promise<Room>; close: () => void }

export function createRooms({ hub, pulse, journal, streams, terms, clock }: Deps): Rooms {
  const rooms = new Map<StreamId, Open>()

  function open(stream: StreamId): Open {
    const everybody = new Set<() => void>()
    let following: Following | null = null
    let closed = false
    const close = () => {
      if (closed) return
      closed = true
      if (rooms.get(stream) === opened) rooms.delete(stream)
      following?.release()
      pulse.close(stream)
    }
    const lost = () => {
      close()
      for (const tell of [...everybody]) tell()
    }

    async function load(): Promise<Room> {
      const sides = createSides(clock)
      const { applied, channel: through } = sides
      const follower = { channel: through, applied, lost }
      const followed = await hub.follow({ kind: 'room', stream }, null, follower)
      following = followed
      if (closed) followed.release()
      const { channel } = followed.track
      // Read after the log: facts may be newer than its position, never older, and entries set them again.
      const [row, pin, totals] = await Promise.all([
        streams.byId(stream),
        journal.pinned(stream),
        journal.reactions(stream),
        terms.load(stream),
      ])
      if (!closed) pulse.open(stream, totals, (frame) => channel.tell(frame))
      if (!row) throw new Error('a stream went away while its room was opened')
      const { state, endedAt, slowSeconds, rules } = row
      sides.begin(followed.track, { state, endedAt, slowSeconds, rules, pin })
      return { following: followed, facts: sides.facts, side: sides.of }
    }

    const opened: Open = { lost: everybody, room: load(), close }
    rooms.set(stream, opened)
    return opened
  }

  return {
    async enter(stream, lost) {
      const opened = rooms.get(stream) ?? open(stream)
      opened.lost.add(lost)
      const leave = () => {
        opened.lost.delete(lost)
        if (opened.lost.size === 0) opened.close()
      }
      try {
        return { room: await opened.room, leave }
      } catch (error) {
        leave()
        opened.close()
        throw error
      }
    },
  }
}
