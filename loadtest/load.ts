// One run from the first guest to the last frame: whatever ends it, k6 and the server are stopped, the stream is
// deleted, and what was measured until then is handed back.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createVisitor, Stopped } from './door.ts'
import { judge, measure, type Check, type Measured } from './judge.ts'
import { startK6, type K6Process } from './k6-process.ts'
import type { Plan, Seat } from './k6/lines.ts'
import { cores, idleSeconds, openFilesLimit, usageOf } from './machine.ts'
import { mintViewers, removeViewers, type Minted } from './mint.ts'
import type { Options } from './options.ts'
import { startOwnServer, type OwnServer } from './own-server.ts'
import { planOf } from './plan.ts'
import type { Progress } from './progress.ts'
import { hostSeat, makeStage, signInHost } from './stage.ts'
import { createTally, type Second, type Tally } from './tally.ts'

export type Outcome = {
  measured: Measured
  /** For plots: so many seconds in one, that a long run is no more than some hundred of them. */
  steps: Second[]
  checks: Check[]
  plan: Plan
  urls: string[]
  own: boolean
  /** What ended the run before its time, in words; null when nothing did. */
  broke: string | null
}
type Deps = {
  options: Options
  k6Path: string
  /** For what k6 is given. */
  folder: string
  /** For what the server and k6 print. */
  logs: string
  progress: Progress
}

const MAX_STEPS = 300
const SAMPLE_MS = 500
/** Files that a process has open beside its sockets, generously. */
const OTHER_FILES = 200

export async function runLoad(deps: Deps): Promise<Outcome> {
  const { options, progress, logs } = deps
  if (options.viewers + OTHER_FILES > openFilesLimit())
    throw new Stopped(
      `this machine lets a process open ${openFilesLimit()} files and every viewer is one: raise ulimit -n, or ask ` +
        `for at most ${openFilesLimit() - OTHER_FILES} viewers`,
    )
  let interrupted = false
  let k6: K6Process | null = null
  const interrupt = () => {
    if (!interrupted) progress.say('Stopping: what was measured follows')
    interrupted = true
    k6?.stop()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  let own: OwnServer | null = null
  let remove: (() => Promise<void>) | null = null
  const seats: Minted[] = []
  try {
    for (const url of options.urls) await createVisitor(url).me()
    if (options.urls.length === 0) {
      progress.show('Starting a server on the embedded default')
      own = await startOwnServer(join(logs, 'loadtest-server.log'))
    }
    const urls = own ? [own.url] : options.urls
    const pids = own ? [own.pid] : options.pids
    const host = await signInHost(urls[0] ?? '', own?.loginLink ?? options.link, process.env)
    const stage = await makeStage(host)
    remove = stage.remove
    await mintViewers({
      minted: seats,
      urls,
      slug: stage.slug,
      count: options.viewers,
      tell: (done) => progress.show(`${done} of ${options.viewers} viewers have a pass`),
      stopped: () => interrupted,
    })
    if (isSet(interrupted)) throw new Stopped('it was stopped before the first viewer joined')
    const plan = planOf(options, {
      slug: stage.slug,
      mark: randomBytes(8).toString('hex'),
      host: options.scenario === 'private' ? await hostSeat(host, stage.slug) : null,
    })
    const tally = createTally(plan)
    k6 = startK6({
      path: deps.k6Path,
      plan,
      seats,
      folder: deps.folder,
      logFile: join(logs, 'loadtest-k6.log'),
      take: (line) => tally.take(line),
    })
    progress.say(
      `${options.scenario}: ${options.viewers} viewers, ${options.rate}/s for ${options.seconds} s at ${urls.join(', ')}`,
    )
    const broke = await watch(k6, own, tally, pids, progress)
    if (tally.finished() === 0 && tally.totals().viewers === 0 && broke !== null) throw new Stopped(broke)
    const measured = measure(tally, isSet(interrupted) || broke !== null, cores())
    return {
      measured,
      checks: judge(measured),
      steps: tally.seconds(Math.ceil(measured.seconds.length / MAX_STEPS)),
      plan,
      urls,
      own: own !== null,
      broke: isSet(interrupted) ? null : broke,
    }
  } finally {
    progress.end()
    // Afterwards Ctrl-C ends the runner as usual.
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    k6?.stop()
    await k6?.ended
    if (own) await own.stop()
    else await tidy(remove, seats, progress)
  }
}

/** The stream with all that was said in it, then the guests. A second Ctrl-C leaves the rest. */
async function tidy(
  removeStage: (() => Promise<void>) | null,
  seats: readonly Seat[],
  progress: Progress,
): Promise<void> {
  try {
    await removeStage?.()
    await removeViewers(seats, {
      tell: (done) => progress.show(`${done} of ${seats.length} guests are deleted`),
      stopped: () => false,
    })
  } catch (error) {
    progress.say(`not all that the test made was deleted: ${(error as Error).message}`)
  }
  progress.end()
}

/** Set from a signal: the compiler cannot see that it changes. */
const isSet = (flag: boolean): boolean => flag

/** Until k6 ends. What is in the way of a whole run comes back in words. */
async function watch(
  k6: K6Process,
  own: OwnServer | null,
  tally: Tally,
  pids: readonly number[],
  progress: Progress,
): Promise<string | null> {
  /** Why it broke off, the first reason first. */
  const reasons: string[] = []
  let running = true
  own?.ended.then(
    (how) => {
      if (!running) return
      reasons.push(`the server ${how} during the run; it printed last:\n${own.tail()}`)
      k6.stop()
    },
    () => undefined,
  )
  const began = Date.now()
  const sampling = setInterval(() => {
    const at = Date.now()
    tally.sample({ at, server: usageOf(pids), k6: usageOf([k6.pid]), idleSeconds: idleSeconds() })
    const { seen, errors } = tally.totals()
    const left = Math.max(0, Math.round((tally.plan.talkToMs - (at - began)) / 1_000))
    const p95 = tally.percentiles().latency?.p95
    progress.show(
      `${tally.open()} of ${tally.plan.viewers} in the room, ${seen} deliveries` +
        `${p95 === undefined ? '' : `, p95 ${p95.toFixed(0)} ms`}, ` +
        `${Object.values(errors).reduce((sum, count) => sum + count, 0)} errors, ${left} s left`,
    )
  }, SAMPLE_MS)
  const code = await k6.ended
  clearInterval(sampling)
  running = false
  const { plan } = tally
  const missing = plan.vus - tally.finished()
  const said = `it said last:\n${k6.tail()}`
  if (code !== 0) reasons.push(`k6 ended with ${code ?? 'a signal'}; ${said}`)
  else if (missing > 0) reasons.push(`${missing} of ${plan.vus} parts of k6 broke off; ${said}`)
  return reasons[0] ?? null
}
