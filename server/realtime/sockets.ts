// The sockets of this node by person: how many one may hold, and which to close when a right ends (C6).
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { CloseCode } from '../../shared/protocol/index.ts'
import type { Notice } from '../app/ports.ts'

export type Socket = {
  principal: PrincipalId
  stream: StreamId
  /** The session the socket runs on; changes when a pass of another session renews it. */
  session(): string
  close(code: CloseCode, retryInMs?: number): void
}

export type Sockets = {
  /** False when this person holds its share of this stream already. */
  take(socket: Socket): boolean
  leave(socket: Socket): void
  revoke(notice: Extract<Notice, { type: 'revoked' }>): void
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
    revoke({ principal, session, except }) {
      for (const socket of [...(people.get(principal) ?? [])]) {
        const its = socket.session()
        if ((session === undefined || session === its) && except !== its) socket.close(4401)
      }
    },
    count: () => [...people.values()].reduce((sum, held) => sum + held.size, 0),
  }
}
