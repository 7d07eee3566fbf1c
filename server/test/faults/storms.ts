// The storms as rows: thousands who come back together.
import type { Counters } from './storm-talk.ts'
import type { Case, Row } from './run.ts'
import { brokenBounds } from './storm-bounds.ts'
import { passStorm } from './storm-passes.ts'
import { storm } from './storm.ts'

const SOCKETS = 10_000
const PASS_SOCKETS = 500
const WITHIN_MS = 90_000
/** One address gets so few passes a minute that some have to wait. */
const PASSES_PER_MINUTE = 235

/** A storm counts what it finds by kind; none of it may be there. */
const clean = { lost: 0, duplicated: 0, reordered: 0, foreign: 0 }

export const reconnectStorm: Case = {
  id: 'F23',
  says: `${SOCKETS.toLocaleString('en')} sockets come back to one node after kill -9`,
  async row({ scale, seed }) {
    const began = Date.now()
    const result = await storm({ sockets: Math.round(SOCKETS * scale), streams: 5, seed })
    const { statements, acks, most99Ms, lastMs, errors } = result
    return {
      ...rowOf(this, began, errors),
      acked: acks.count,
      longestGapMs: lastMs,
      settledMs: most99Ms,
      violations: brokenBounds(result),
      note: `99 % back after ${most99Ms} ms; ${statements.rooms} statements for room logs of ${statements.all}; ack p50 ${acks.p50Ms} ms, p99 ${acks.p99Ms} ms meanwhile`,
    }
  },
}

export const passesOver: Case = {
  id: 'F24',
  says: `${PASS_SOCKETS} phones behind one address, whose passes are over, come back at once`,
  async row({ seed }) {
    const began = Date.now()
    const options = { sockets: PASS_SOCKETS, passesPerMinute: PASSES_PER_MINUTE, seed, withinMs: WITHIN_MS }
    const { back, lastMs, errors, complaints, counted } = await passStorm(options)
    const out = PASS_SOCKETS - back
    return {
      ...rowOf(this, began, { ...errors, ...complaints }),
      longestGapMs: lastMs,
      settledMs: lastMs,
      violations: [
        ...Object.entries({ ...errors, ...complaints }).map(([kind, count]) => `${kind}: ${count}`),
        ...(out > 0 ? [`${out} are locked out`] : []),
      ],
      note: `${counted['passes 429'] ?? 0} were told to wait`,
    }
  },
}

function rowOf({ id, says }: Case, began: number, errors: Counters): Omit<Row, 'violations'> {
  const lost = errors['error lines lost'] ?? 0
  const duplicated = errors['error lines doubled'] ?? 0
  const seconds = Math.round((Date.now() - began) / 1_000)
  return {
    ...clean,
    lost,
    duplicated,
    id,
    says,
    seconds,
    acked: 0,
    longestGapMs: 0,
    liveGapMs: 0,
    settledMs: 0,
  }
}
