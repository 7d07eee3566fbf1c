// The backstage is read as the host, so reading it does not show that a moderator is one no more. Whatever was read of
// it is therefore held back until this node has acted on every revocation that was committed before: nobody hears
// backstage what happened after the end of their right (C19). Costs a statement per page of a log with little in it.
import type { LogKey } from '../domain/log.ts'
import type { Journal } from '../app/ports.ts'
import type { Revocations } from './revocations.ts'

type Reads = Pick<Journal, 'latest' | 'read'>

export function readFor(log: LogKey, journal: Reads, revocations: Pick<Revocations, 'current'>): Reads {
  if (log.kind !== 'backstage') return journal
  // In this order: a revocation in the very commit that was read is then among those that are looked for.
  const after = async <T>(read: Promise<T>): Promise<T> => {
    const answer = await read
    await revocations.current()
    return answer
  }
  return {
    latest: (as, key, count) => after(journal.latest(as, key, count)),
    read: (as, key, from, to) => after(journal.read(as, key, from, to)),
  }
}
