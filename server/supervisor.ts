// Many processes, kept: started one after another, started again when they die, replaced in turn, sent away
// together. How a process is made is the caller's; here is only who is to live, and when.
import type { Clock, Log } from './app/ports.ts'
import { deathsAfter, pauseAfter } from './domain/restart.ts'

export type Child = {
  pid: number
  /** What to tell the person at the terminal, once it listens; null when it ended before that. */
  ready: Promise<string[] | null>
  /** Resolves when it is gone. `reason` is its last words, or how it ended. */
  gone: Promise<{ clean: boolean; reason: string }>
  /** Asks it to drain and end. Asking twice is asking once. */
  stop(): void
  /** Ends it now. */
  cut(): void
}

/** A little more than a process gives itself: what does not end by then hears nothing. */
const CUT_MS = 14_500

type Slot = { child: Child | null; deaths: number; cancelRestart: () => void }
export type Started = { ok: true; greeting: string[] } | { ok: false; reason: string }
export type Supervisor = ReturnType<typeof createSupervisor>

export function createSupervisor(deps: { count: number; spawn: () => Child; clock: Clock; log: Log }) {
  const { clock, log } = deps
  /** Everyone who is not gone: also those on their way in or out. */
  const alive = new Set<Child>()
  const slots = Array.from({ length: deps.count }, (): Slot => ({
    child: null,
    deaths: 0,
    cancelRestart: () => undefined,
  }))
  let stopping = false
  let rolling: Promise<void> | null = null
  let rollAgain = false

  const fault = (error: unknown) => log.fault('supervisor', error)

  function begin(): Child {
    const child = deps.spawn()
    const { pid } = child
    alive.add(child)
    child.ready.then((greeting) => greeting && log.info('process.ready', { pid })).catch(fault)
    child.gone.then(() => alive.delete(child)).catch(fault)
    return child
  }

  /** From now on this child has the slot; when it dies another one gets it. */
  function keep(slot: Slot, child: Child): void {
    const since = clock.now()
    slot.cancelRestart()
    slot.child = child
    child.gone
      .then(({ reason }) => {
        if (stopping || slot.child !== child) return
        slot.child = null
        const livedMs = clock.now() - since
        slot.deaths = deathsAfter(slot.deaths, livedMs)
        const againInMs = pauseAfter(slot.deaths)
        log.warn('process.died', { pid: child.pid, reason, livedMs, againInMs })
        slot.cancelRestart = clock.after(againInMs, () => keep(slot, begin()))
      })
      .catch(fault)
  }

  async function dismiss(child: Child): Promise<boolean> {
    child.stop()
    const cancel = clock.after(CUT_MS, child.cut)
    const { clean } = await child.gone
    cancel()
    return clean
  }

  /** The successor listens before the old one leaves: there is always somebody at the port. Should the old one
   * die meanwhile it is restarted as ever, and whoever has the slot then leaves. */
  async function succeed(slot: Slot): Promise<boolean> {
    const next = begin()
    if ((await next.ready) === null) {
      const { reason } = await next.gone
      if (!stopping) log.warn('process.successor_failed', { stays: slot.child?.pid ?? null, reason })
      return false
    }
    const old = slot.child
    keep(slot, next)
    if (old) await dismiss(old)
    return true
  }

  async function rollAll(): Promise<void> {
    do {
      rollAgain = false
      let replaced = 0
      // What stops one successor stops the others too: the rest stay as they are.
      for (const slot of slots) {
        if (stopping || !(await succeed(slot))) return
        replaced += 1
      }
      log.info('processes.rolled', { replaced })
    } while (rollAgain as boolean)
  }

  async function stop(): Promise<boolean> {
    stopping = true
    for (const { cancelRestart } of slots) cancelRestart()
    const ended = await Promise.all([...alive].map(dismiss))
    return ended.every((clean) => clean)
  }

  return {
    /** The first one alone, since it migrates and makes the host; then one after another. When one cannot start
     * all end, and `reason` is why. */
    async start(): Promise<Started> {
      const greetings: string[][] = []
      for (const slot of slots) {
        if (stopping) break
        const child = begin()
        const greeting = await child.ready
        if (greeting === null) {
          const { reason } = await child.gone
          await stop()
          return { ok: false, reason }
        }
        greetings.push(greeting)
        keep(slot, child)
      }
      return { ok: true, greeting: greetings[0] ?? [] }
    },

    /** Replaces each in turn. Asked again meanwhile, it goes round once more: the files may have changed. */
    roll(): Promise<void> {
      rollAgain = true
      rolling ??= rollAll().finally(() => (rolling = null))
      return rolling
    },

    /** All drain at once. True when every one ended well and in time. */
    stop,

    cut(): void {
      for (const child of alive) child.cut()
    },
  }
}
