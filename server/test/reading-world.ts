// One stage over HTTP: everybody of it in a browser of their own, on a real database.
import { isUnavailable } from '../adapters/pg/fault.ts'
import { createReadingPorts } from '../adapters/pg/over-http.ts'
import { systemRandom } from '../adapters/system/index.ts'
import type { Act } from '../app/ports.ts'
import { OPEN_RULES, type Rules } from '../../shared/protocol/index.ts'
import { createStage, valueOf } from './contracts/world.ts'
import type { Store } from './store.ts'
import { createWorld } from './web-world.ts'

type Answer<T> = { status: number; body: T }
export type ReadingWorld = Awaited<ReturnType<typeof openReading>>

export async function openReading(store: Store) {
  const stage = await createStage(store)
  const { stream, host } = stage
  const world = createWorld({
    store,
    reading: createReadingPorts(store.db.pool),
    startAt: Date.now(),
    random: systemRandom,
    http: { isUnavailable },
  })
  const session = async (id: string) => {
    const principal = await store.people.find(id)
    if (!principal) throw new Error('nobody by this id')
    return (await world.sessions.begin(principal, null)).token
  }
  /** A browser of this person; null: of a stranger. */
  async function as(id: string | null) {
    const browser = world.browser()
    if (id !== null) browser.steal(`__Host-session=${await session(id)}`)
    return browser
  }
  const act = async (by: string | null, what: Act) => valueOf(await store.journal.act(by, stream, what))
  return {
    ...stage,
    world,
    store,
    as,
    act,
    slug: `s-${stream}`,
    at: `/api/streams/s-${stream}`,
    rules: (rules: Partial<Rules>) => act(host, { type: 'rules', rules: { ...OPEN_RULES, ...rules } }),
    /** What a GET as this person answers. */
    async get<T>(id: string | null, path: string): Promise<Answer<T>> {
      const { status, body } = await (await as(id)).get(path)
      return { status, body: body as T }
    },
  }
}

/** The lines of a download. */
export const linesOf = (body: unknown): Record<string, unknown>[] =>
  String(body)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
