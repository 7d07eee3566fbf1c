// The lane alone: group commit over the real journal in this process. No sockets, no client: what is missing
// between these figures and the server's is what sockets cost.
import { randomUUID } from 'node:crypto'
import { createMemoryBus } from '../../adapters/memory/bus.ts'
import { createJournal } from '../../adapters/pg/journal.ts'
import { createPeople } from '../../adapters/pg/people.ts'
import { createStreams } from '../../adapters/pg/streams.ts'
import { systemClock as clock } from '../../adapters/system/index.ts'
import { createAppend } from '../../app/append.ts'
import { openDatabase } from '../../database.ts'
import { sqlFolder } from '../databases.ts'
import { createSeededRandom } from '../random.ts'

export type Lane = { perSecond: number; acks: number[] }
type Options = { url: string | null; dataDir: string; seconds: number; atOnce: number; seed: number }

const log = {
  info: () => undefined,
  warn: () => undefined,
  fault(where: string, error: unknown): string {
    throw new Error(where, { cause: error })
  },
}

/** Messages per second with `atOnce` under way, and ack times in ms at half that rate. */
export async function measureLane({ url, dataDir, seconds, atOnce, seed }: Options): Promise<Lane> {
  const database = await openDatabase({
    url,
    dataDir,
    connections: 2,
    migrations: sqlFolder,
    pgliteWorker: new URL('../../adapters/pglite/worker.ts', import.meta.url),
    log,
    clock,
    onFailure: (error) => log.fault('database', error),
  })
  const { pool } = database
  const [people, streams] = [createPeople(pool), createStreams(pool)]
  const [stream, host] = [randomUUID(), randomUUID()]
  const account = { name: 'Host', email: null, passwordHash: null, canHost: true }
  await people.createAccount({ id: host, ...account, now: clock.now() })
  const show = { slug: `bench-${stream}`, title: 'Bench', description: '', startsAt: null }
  await streams.create({ id: stream, host, ...show })
  const guests = Array.from({ length: 50 }, () => randomUUID())
  for (const id of guests) await people.createGuest({ id, name: 'Guest' })
  const lanes = url === null ? 1 : 2
  const append = createAppend({ journal: createJournal(pool), bus: createMemoryBus(), clock, log, lanes })

  let sent = 0
  async function say(): Promise<void> {
    const sender = guests[sent++ % guests.length] ?? host
    const ids = { id: randomUUID(), cmid: randomUUID() }
    const words = { text: `the quick brown fox jumps over line ${sent}`, replyTo: null, viewer: null }
    const result = await append.say({ ...ids, ...words, stream, sender })
    if (!result.ok) throw new Error(`refused: ${result.denial.code}`)
  }

  const until = performance.now() + seconds * 1000
  let done = 0
  const began = performance.now()
  const one = async () => {
    for (; performance.now() < until; done++) await say()
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  const perSecond = (done / (performance.now() - began)) * 1000

  const random = createSeededRandom(seed)
  const acks: number[] = []
  const waiting: Promise<unknown>[] = []
  const end = performance.now() + seconds * 1000
  for (let due = performance.now(); due < end;) {
    for (
      const now = performance.now();
      due <= now;
      due += (-Math.log(1 - random.fraction()) * 2000) / perSecond
    ) {
      const at = due
      waiting.push(say().then(() => acks.push(performance.now() - at)))
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(waiting)
  await append.close()
  await database.close()
  return { perSecond, acks }
}
