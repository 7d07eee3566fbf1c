// Where streams are, by the database: what is asked while a question is under way goes into the next one, so a crowd
// that comes at once is one statement, or two.
import type { StreamId } from '../../../shared/ids.ts'
import type { Log } from '../../app/ports.ts'
import type { Airing, Nodes } from '../../app/relay-ports.ts'

export type Lookout = {
  /** Null while the database is away. Never rejects. */
  ask(stream: StreamId): Promise<Airing | null>
}

type Asked = Map<StreamId, ((airing: Airing | null) => void)[]>

export function createLookout({ nodes, log }: { nodes: Pick<Nodes, 'airings'>; log: Log }): Lookout {
  let next: Asked = new Map()
  let asking = false
  let away = false

  async function work(): Promise<void> {
    asking = true
    while (next.size > 0) {
      const asked = next
      next = new Map()
      const answers = await nodes.airings([...asked.keys()]).catch((error: unknown) => {
        // One line per outage: it is asked every two seconds.
        if (!away) log.fault('relay airings', error)
        return null
      })
      away = answers === null
      let i = 0
      for (const waiting of asked.values()) {
        const answer = answers?.[i++] ?? null
        for (const tell of waiting) tell(answer)
      }
    }
    asking = false
  }

  return {
    ask: (stream) =>
      new Promise((resolve) => {
        const waiting = next.get(stream)
        if (waiting) waiting.push(resolve)
        else next.set(stream, [resolve])
        if (!asking) work().catch((error: unknown) => log.fault('relay airings', error))
      }),
  }
}
