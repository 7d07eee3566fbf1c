// Where somebody who joined sits: the room, the side of it, and the logs of their own. A class, because there is one per
// viewer: closures would keep all that a join looked up for as long as the socket is open.
import type { Following } from './hub.ts'
import type { Listener } from './fanout.ts'
import type { Guest, Room } from './rooms.ts'
import type { Side } from './sides.ts'

export class Seat {
  readonly room: Room
  readonly side: Side
  /** The room's first. */
  readonly following: Following[]
  readonly #guest: Guest
  #deafen: (() => void) | null = null

  constructor(room: Room, side: Side, own: readonly Following[], guest: Guest) {
    this.room = room
    this.side = side
    this.following = [room.following, ...own]
    this.#guest = guest
  }

  /** Subscribes to the logs of its own. */
  listenAside(peer: Listener): void {
    for (const following of this.following) if (following !== this.room.following) following.listen(peer)
  }

  /** Subscribes to the room, and stays on the topic of its side. */
  listen(peer: Listener): void {
    this.#deafen = this.side.listen(peer)
  }

  leave(): void {
    this.#deafen?.()
    this.room.leave(this.#guest)
    for (const following of this.following) if (following !== this.room.following) following.release()
  }
}
