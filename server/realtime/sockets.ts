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
  revoke(revocation: Revocation): void
  /** Sends everybody back to the door, where rights are looked up again. */
  readmitAll(): void
  count(): number
}

export function createSockets(perPerson: number): Sockets {
  const people = new Map<PrincipalId, Set<Socket>>()

  return {
    take(socket) {
      const held = people.get(socket.principal) ?? new Set()
      const here = [...held].filter(({ stream }) => stream === socket.stream).length
      if (here >= perPerson) return false
      people.set(socket.principal, held.add(socket))
      return true
    },
    leave(socket) {
      const held = people.get(socket.principal)
      held?.delete(socket)
      if (held?.size === 0) people.delete(socket.principal)
    },
    revoke(revocation) {
      for (const socket of [...(people.get(revocation.principal) ?? [])])
        // One that was let in later was let in by what holds now.
        if (revocation.seq > socket.seen()) {
          const code = closeCodeOf(revocation, { stream: socket.stream, session: socket.session() })
          if (code !== null) socket.close(code)
        }
    },
    readmitAll() {
      for (const socket of [...people.values()].flatMap((held) => [...held])) socket.close(4409)
    },
    count: () => [...people.values()].reduce((sum, held) => sum + held.size, 0),
  }
}
