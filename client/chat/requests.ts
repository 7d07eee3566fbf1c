// Commands that somebody waits for: matched to their one reply by id, or `null` when the line went first.
import type { Cmid } from '../../shared/ids.ts'
import type { Request } from '../../shared/protocol/commands.ts'
import type { Err, Ok, Page } from '../../shared/protocol/frames.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { Clock, Random } from './surroundings.ts'

export type Reply = Ok | Err | Page
/** A request before it has its id. */
export type Asked = { [T in Request['t']]: Omit<Extract<Request, { t: T }>, 'id'> }[Request['t']]

export type Requests = ReturnType<typeof createRequests>

export function createRequests(deps: { clock: Clock; random: Random; send: (request: Request) => boolean }) {
  const waiting = new Map<Cmid, (reply: Reply | null) => void>()

  return {
    ask(asked: Asked): Promise<Reply | null> {
      const id = deps.random.uuid()
      return new Promise((resolve) => {
        if (!deps.send({ ...asked, id })) {
          resolve(null)
          return
        }
        const settle = (reply: Reply | null) => {
          cancel()
          waiting.delete(id)
          resolve(reply)
        }
        const cancel = deps.clock.after(LIMITS.outcomeMs, () => settle(null))
        waiting.set(id, settle)
      })
    },
    replied(reply: Reply): void {
      if (reply.re !== undefined) waiting.get(reply.re)?.(reply)
    },
    lost(): void {
      for (const settle of [...waiting.values()]) settle(null)
    },
  }
}
