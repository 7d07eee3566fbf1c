// One question to another node, on a connection of its own, and its answer.
import type { NodeAddress } from '../../app/relay-ports.ts'
import { dialLine } from './line.ts'
import type { EdgeSays, OriginSays } from './messages.ts'
import type { RelayDeps } from './pull.ts'

/** A publisher waits meanwhile. */
const ANSWER_MS = 1_500

/** Null when that node cannot be reached, is not who it should be, or does not answer in time. */
export function ask(deps: RelayDeps, at: NodeAddress, question: EdgeSays): Promise<OriginSays | null> {
  return new Promise((resolve) => {
    let answer: OriginSays | null = null
    const line = dialLine(deps, at, {
      ready: () => line.send(question),
      heard(says) {
        answer = says
        line.close()
      },
      closed() {
        cancel()
        resolve(answer)
      },
    })
    const cancel = deps.clock.after(ANSWER_MS, () => line.close())
  })
}
