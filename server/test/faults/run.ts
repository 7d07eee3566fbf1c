// One fault from the first hello to the verdict: a crowd talks, the fault happens, everybody gets time to come
// back, and the histories are held against the database.
import { check, type Report } from './checker.ts'
import { gather, type Crowd, type Size } from './crowd.ts'
import { openScene, type Scene } from './scene.ts'
import { readTruth } from './truth.ts'

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export type Stage = {
  scene: Scene
  crowd: Crowd
  /** 1 for the durations of the catalogue; less for the short version. */
  scale: number
  /** How many sends were acknowledged so far. */
  acked(): number
}

/** One row of the table, however it is staged. */
export type Case = { id: string; says: string; row(options: Options): Promise<Row> }

export type Fault = {
  id: string
  says: string
  /** Everybody is back at the top of all logs this long after the fault, ms. */
  settleMs?: number
  /** Delivery on connections that hold stays within this, ms. */
  withinMs?: number
  /** Makes the fault happen while people talk; returns what went against its own invariants. */
  run(stage: Stage): Promise<string[]>
}

export type Row = Report & {
  id: string
  says: string
  seconds: number
  settledMs: number
  /** What else was measured, in words. */
  note?: string
}

export type Options = {
  size: Size
  nodes: number
  seed: number
  scale: number
  /** Whether lateness alone is a violation: on a machine that does other things as well it says little. */
  timed: boolean
}

const WARM_MS = 2_000
const SETTLE_MS = 30_000
const LOOK_MS = 100
/** In a row, with nobody behind and nothing new in any log. */
const CALM_LOOKS = 5

type Top = { seq: number; epoch: string }

export const staged = (fault: Fault): Case => ({
  id: fault.id,
  says: fault.says,
  row: (options) => runFault(fault, options),
})

async function runFault(fault: Fault, { size, nodes, seed, scale, timed }: Options): Promise<Row> {
  const started = Date.now()
  const scene = await openScene({ seed, nodes })
  let crowd: Crowd | undefined
  try {
    crowd = await gather(scene, size)
    const { members } = crowd
    await until(() => members.every((member) => member.status() === 'connected'), 30_000)
    const quiet = crowd.talk()
    const whole = crowd.churn()
    await wait(WARM_MS * scale)
    const acked = () =>
      members.reduce(
        (sum, { history }) => sum + history.sends.filter(({ outcome }) => outcome === 'ok').length,
        0,
      )
    const own = await fault.run({ scene, crowd, scale, acked })
    await wait(WARM_MS * scale)
    whole()
    quiet()
    const over = Date.now()
    const missing = await settled(scene, crowd, fault.settleMs ?? SETTLE_MS)
    const settledMs = Date.now() - over
    await Promise.all(members.map((member) => member.scrollBack()))
    const report = await judge(scene, crowd)
    return {
      ...report,
      id: fault.id,
      says: fault.says,
      seconds: Math.round((Date.now() - started) / 1_000),
      settledMs,
      violations: [...report.violations, ...missing, ...own, ...(timed ? late(fault, report) : [])],
    }
  } finally {
    crowd?.stop()
    await scene.close()
  }
}

const late = ({ withinMs = Infinity }: Fault, { liveGapMs }: Report): string[] =>
  liveGapMs > withinMs ? [`an entry took ${liveGapMs} ms on an open connection, not ${withinMs}`] : []

async function judge(scene: Scene, { members, streams }: Crowd): Promise<Report> {
  const truth = await readTruth(scene)
  const clients = members.map(({ history, id, stream }) => ({
    history,
    id,
    streamId: streams[stream]?.id ?? '',
    hostId: streams[stream]?.host.id ?? '',
  }))
  return check(clients, truth)
}

/** Waits until everybody is connected, has no text without an outcome and is at the top of both logs. */
async function settled(scene: Scene, crowd: Crowd, withinMs: number): Promise<string[]> {
  let behind: string[] = []
  let calm = 0
  let before = ''
  await until(async () => {
    const tops = await readTops(scene)
    behind = whoIsBehind(tops, crowd)
    // A commit may be on its way that nobody waits for, or that its author heard of after the look.
    const now = JSON.stringify([...tops].sort())
    calm = behind.length === 0 && now === before ? calm + 1 : 0
    before = now
    return calm >= CALM_LOOKS
  }, withinMs)
  if (behind.length === 0 && calm < CALM_LOOKS) behind = ['the logs did not come to rest']
  return behind.slice(0, 5).map((who) => `not back after ${withinMs} ms: ${who}`)
}

function whoIsBehind(tops: Map<string, Top>, { members, streams }: Crowd): string[] {
  return members.flatMap((member) => {
    const who = `c${member.history.client}`
    if (member.status() !== 'connected') return [`${who} is ${member.status()}`]
    if (member.waiting() > 0) return [`${who} has ${member.waiting()} texts without an outcome`]
    const stream = streams[member.stream]?.id ?? ''
    return (['room', member.isHost ? 'inbox' : 'thread'] as const).flatMap((log) => {
      const top = tops.get(`${log} ${stream} ${log === 'thread' ? member.id : ''}`)
      const at = member.position(log)
      if (!top || top.seq === 0) return []
      if (member.epoch(log) !== top.epoch) return [`${who} is in another numbering of ${log}`]
      return at < top.seq ? [`${who} is at ${at} of ${top.seq} in ${log}`] : []
    })
  })
}

/** By kind, stream and viewer. */
async function readTops({ admin }: Scene): Promise<Map<string, Top>> {
  const rows = await admin(
    `select concat(kind, ' ', stream_id, ' ', viewer_id) as log, last_seq::int as seq, epoch from app.log`,
  ).catch(() => [])
  return new Map(
    rows.map(({ log, seq, epoch }) => [log as string, { seq: Number(seq), epoch: epoch as string }]),
  )
}

/** True as soon as `holds` does; false after `ms`. */
export async function until(holds: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = Date.now() + ms
  while (Date.now() < end) {
    if (await holds()) return true
    await wait(LOOK_MS)
  }
  return await holds()
}
