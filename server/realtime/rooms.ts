// The rooms open on this node: the followed log, the facts beside it and the pulse, once per stream however many
// people are in it.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Role } from '../../shared/protocol/index.ts'
import type { Clock, Journal, Streams } from '../app/ports.ts'
import type { KnownTerms } from '../app/terms.ts'
import type { Following, Hub } from './hub.ts'
import type { Pulse } from './pulse.ts'
import type { RoomFacts } from './room.ts'
import { createSides } from './sides.ts'
import type { Side } from './sides.ts'

/** Somebody in the room: `lost` is called once when its position can no longer be continued. */
export type Guest = { lost(): void }
/** `facts` are those of now, whoever is shown them later. */
export type Room = {
  following: Following
  facts(): RoomFacts
  side(role: Role): Side
  leave(guest: Guest): void
}
export type Rooms = {
  /** Rejects when the database is away, or the stream is not there. The room is read as its host, who passes every
   * gate, because it is read once for all who were let in. */
  enter(stream: { id: StreamId; host: { id: PrincipalId } }, guest: Guest): Promise<Room>
}

type Deps = {
  hub: Hub
  pulse: Pulse
  journal: Pick<Journal, 'pinned' | 'reactions'>
  streams: Pick<Streams, 'byId'>
  terms: Pick<KnownTerms, 'load'>
  clock: Clock
}
type Open = { guests: Set<Guest>; room: Promise<Room>; leave: Room['leave']; close: () => void }

export function createRooms({ hub, pulse, journal, streams, terms, clock }: Deps): Rooms {
  const rooms = new Map<StreamId, Open>()

  function open(stream: StreamId, host: PrincipalId): Open {
    const everybody = new Set<Guest>()
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
      for (const guest of [...everybody]) guest.lost()
    }

    const leave = (guest: Guest) => {
      everybody.delete(guest)
      if (everybody.size === 0) close()
    }

    async function load(): Promise<Room> {
      const sides = createSides(clock)
      const { applied, channel: through } = sides
      const follower = { channel: through, applied, lost }
      const followed = await hub.follow({ kind: 'room', stream }, host, follower)
      following = followed
      if (closed) followed.release()
      const { channel } = followed.track
      // Read after the log: facts may be newer than its position, never older, and entries set them again.
      const [row, pin, totals] = await Promise.all([
        streams.byId(stream),
        journal.pinned(stream, host),
        journal.reactions(stream, host),
        terms.load(stream),
      ])
      if (!closed) pulse.open(stream, totals, (frame) => channel.tell(frame))
      if (!row) throw new Error('a stream went away while its room was opened')
      const { state, endedAt, slowSeconds, rules } = row
      sides.begin(followed.track, { state, endedAt, slowSeconds, rules, pin })
      return { following: followed, facts: sides.facts, side: sides.of, leave }
    }

    const opened: Open = { guests: everybody, room: load(), leave, close }
    rooms.set(stream, opened)
    return opened
  }

  return {
    async enter(stream, guest) {
      const opened = rooms.get(stream.id) ?? open(stream.id, stream.host.id)
      opened.guests.add(guest)
      try {
        return await opened.room
      } catch (error) {
        opened.leave(guest)
        opened.close()
        throw error
      }
    },
  }
}
