// The sockets of this node by person: how many one may hold, and which to close when a right ends (C6, C11).
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { CloseCode } from '../../shared/protocol/index.ts'
import type { Revocation } from '../app/ports.ts'
import { closeCodeOf } from '../domain/revoked.ts'

export type Socket = {
  principal: PrincipalId
  stream: StreamId
  /** The session the socket runs on; changes when a pass of another session renews it. */
  session(): string
  /** The newest revocation that was known when it was let in; below every one until then. */
  seen(): number
  close(code: CloseCode, retryInMs?: number): void
}

export type Sockets = {
  /** False when this person holds its share of this stream already. */
  take(socket: Socket): boolean
  leave(socket: Socket): void
  /** Closes those that certainly lost their right; answers those whose right has to be looked up. */
  revoke(revocation: Revocation): Socket[]
  /** Sends everybody back to the door, where rights are looked up again. */
  readmitAll(): void
  count(): number
}

export function createSockets(perPerson: number): Sockets {
  // A few each: an array of one is a third of a set of one, and there is one per viewer.
  const people = new Map<PrincipalId, Socket[]>()

  let count = 0

  return {
    take(socket) {
      const held = people.get(socket.principal)
      const here = held?.filter(({ stream }) => stream === socket.stream).length ?? 0
      if (here >= perPerson) return false
      if (held) held.push(socket)
      else people.set(socket.principal, [socket])
      count += 1
      return true
    },
    leave(socket) {
      const held = people.get(socket.principal)
      const at = held?.indexOf(socket) ?? -1
      if (at < 0) return
      held?.splice(at, 1)
      if (held?.length === 0) people.delete(socket.principal)
      count -= 1
    },
    revoke(revocation) {
      const unsure: Socket[] = []
      const { principal, seq } = revocation
      for (const socket of principal === null
        ? [...people.values()].flat()
        : [...(people.get(principal) ?? [])])
        // One that was let in later was let in by what holds now.
        if (seq > socket.seen()) {
          const code = closeCodeOf(revocation, { stream: socket.stream, session: socket.session() })
          if (code === 'look') unsure.push(socket)
          else if (code !== null) socket.close(code)
        }
      return unsure
    },
    readmitAll() {
      for (const socket of [...people.values()].flat()) socket.close(4409)
    },
    count: () => count,
  }
}
