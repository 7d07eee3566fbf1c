// What every node does about rights that ended: it reads the revocations in order, once each, when somebody says
// that there is one and every second in any case. With the bus gone, lateness is all that changes (C11).
import type { Bus, Clock, Log, Revocation, Rights } from '../app/ports.ts'
import { createSharedQuestion } from './shared-question.ts'

const POLL_MS = 1_000

export type Revocations = {
  /** Goes on from the newest one. Before the first socket: what came earlier is nobody's here. */
  begin(): Promise<void>
  /** Every one up to here has been told to the listeners. */
  seq(): number
  /** Resolves when every one committed before this call has been told. Rejects when the database is away. */
  current(): Promise<void>
  listen(listener: RevocationListener): () => void
  stop(): void
}
export type RevocationListener = {
  revoked(revocation: Revocation): void
  /** Some are lost for good (a day away, a database that was restored): every right has to be looked up again. */
  missed(): void
}

type Deps = { rights: Pick<Rights, 'revocations'>; bus: Pick<Bus, 'subscribe'>; clock: Clock; log: Log }

export function createRevocations({ rights, bus, clock, log }: Deps): Revocations {
  const listeners = new Set<RevocationListener>()
  let seq: number | null = null
  let looking = false
  let again = false
  let stopped = false
  let cancelPoll = clock.after(POLL_MS, poll)

  function take(revocation: Revocation) {
    seq = revocation.seq
    for (const { revoked } of [...listeners]) revoked(revocation)
  }

  async function look(): Promise<void> {
    const from = seq
    const { newest, revocations } = await rights.revocations(from)
    if (stopped) return
    if (from === null) {
      seq = newest
      return
    }
    const first = revocations[0]?.seq ?? newest + 1
    if (newest < from || (newest > from && first !== from + 1)) {
      seq = newest
      for (const { missed } of [...listeners]) missed()
      return
    }
    for (const revocation of revocations) take(revocation)
    if (seq !== null && newest > seq) await look()
  }

  /** One look at a time; who asks meanwhile gets another one, for theirs may have begun too early. */
  const looked = createSharedQuestion(async (asked: readonly null[]) => {
    await look()
    return asked
  })

  async function lookNow(): Promise<void> {
    again = true
    if (looking) return
    looking = true
    while (again && !stopped) {
      again = false
      await looked(null).catch((error: unknown) => {
        // A look under way when the node stops may find the database closed.
        if (!stopped) log.fault('revocations', error)
      })
    }
    looking = false
  }
  const wake = () => void lookNow().catch((error: unknown) => log.fault('revocations', error))

  function poll() {
    lookNow()
      .finally(() => {
        if (!stopped) cancelPoll = clock.after(POLL_MS, poll)
      })
      .catch((error: unknown) => log.fault('revocations', error))
  }

  const unsubscribe = bus.subscribe(({ type }) => {
    if (type === 'revoked') wake()
  })

  return {
    begin: look,
    seq: () => seq ?? 0,
    async current() {
      await looked(null)
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop() {
      stopped = true
      unsubscribe()
      cancelPoll()
    },
  }
}
