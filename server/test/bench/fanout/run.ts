// A server and a load client that belong together for one workload, and what was spent between two moments.
import { startPeer } from './peer.ts'
import { startStagedoor } from './stagedoor.ts'
import { startLoadClient, type Heard, type LoadClient, type Places } from './client.ts'
import { percentile } from './histogram.ts'
import type { ServerName, Spent, Target, World } from './target.ts'

const WARM_UP = { viewers: 16, rate: 500, seconds: 6 }

export type Run = { target: Target; client: LoadClient }
/** CPU in seconds, times in ms, sizes in bytes. `cpuPerMillion`: of the server, by what arrived. */
export type Figures = {
  seconds: number
  deliveries: number
  share: number
  /** Lines that were skipped, came twice or out of order. */
  disorder: number
  p50: number
  p95: number
  p99: number
  p999: number
  cpuPerMillion: number
  databasePerMillion: number
  redisPerMillion: number
  /** Share of a core, of the server's process. */
  core: number
  resident: number
  bytes: number
  perFrame: number
  clientCore: number
  othersCore: number
}
export type Measured = { heard: Heard; figures: Figures; faults: readonly string[] }

export const startTarget = (name: ServerName, world: World): Promise<Target> =>
  name === 'stagedoor' || name === 'stagedoor+pg+redis' ? startStagedoor(name, world) : startPeer(name)

/** Whatever becomes of the work, both processes are gone afterwards. */
export async function withRun<T>(name: ServerName, world: World, work: (run: Run) => Promise<T>): Promise<T> {
  const target = await startTarget(name, { ...world, viewers: world.viewers + WARM_UP.viewers })
  try {
    await using client = startLoadClient()
    return await work({ target, client })
  } finally {
    await target.close()
  }
}

/** A group of which everybody is in; throws with the reason of one who is not. */
export async function gather({ client }: Run, places: Places): Promise<number> {
  const group = await client.group(places)
  const { failed, why } = await client.connect(group)
  if (failed > 0) throw new Error(`${failed} of ${places.count} did not get in: ${why || 'no answer'}`)
  return group
}

/** A few talk fast and leave again. A process that has just been started still compiles what it runs: what is asked
 * here is how it is after its first minutes. The same for every server. */
export async function warmUp(run: Run): Promise<void> {
  const { viewers, rate, seconds } = WARM_UP
  const group = await gather(run, run.target.places(viewers))
  await run.client.speak(group, rate, viewers)
  await pause(seconds)
  await run.client.hush()
  await pause(1)
  await run.client.cut(group)
}

export const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000))

/** What the groups hear while `during` lasts. */
export async function measure(
  { target, client }: Run,
  groups: readonly number[],
  during: () => Promise<unknown>,
): Promise<Measured> {
  await client.begin(groups)
  const before = target.spent()
  await during()
  const { measured } = await client.end()
  const after = target.spent()
  const heard = await measured
  const figures = figuresOf(heard, before, after, target.resident(), target.name === 'stagedoor')
  return { heard, figures, faults: faultsOf(heard) }
}

export function figuresOf(
  heard: Heard,
  before: Spent,
  after: Spent,
  resident: number,
  embedded: boolean,
): Figures {
  const { arrived, times } = heard
  const spent = (of: keyof Spent) => after[of] - before[of]
  const millions = arrived / 1e6
  const seconds = heard.us / 1e6
  const apart = embedded ? 0 : spent('database')
  const known = spent('server') + apart + spent('redis') + heard.cpu
  return {
    seconds,
    deliveries: arrived / seconds,
    share: heard.expected === 0 ? NaN : heard.delivered / heard.expected,
    disorder: heard.gaps + heard.doubles + heard.late,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    p99: percentile(times, 0.99),
    p999: percentile(times, 0.999),
    cpuPerMillion: spent('server') / millions,
    databasePerMillion: spent('database') / millions,
    redisPerMillion: spent('redis') / millions,
    core: spent('server') / spent('at'),
    resident,
    bytes: heard.bytes / arrived,
    perFrame: arrived / heard.frames,
    clientCore: heard.cpu / seconds,
    othersCore: Math.max(0, (spent('machine') - known) / spent('at')),
  }
}

function faultsOf({ gaps, doubles, late, refused, refusedWith, closed, closedWith }: Heard): string[] {
  const say = (count: number, what: string) => (count > 0 ? [`${count.toLocaleString('en')} ${what}`] : [])
  return [
    ...say(gaps, 'lines skipped'),
    ...say(doubles, 'lines twice'),
    ...say(late, 'lines out of order'),
    ...say(refused, `refused: ${refusedWith}`),
    ...say(closed, `connections lost: ${closedWith}`),
  ]
}
