// C3: a cursor meets a log. Either everything after the cursor, or a snapshot that says why; never a part.
// The cursor comes from an untrusted client: any number at all may be in it.
import { LIMITS } from '../../shared/protocol/index.ts'
import type { Entry, LogWelcome } from '../../shared/protocol/index.ts'
import type { Epoch } from '../../shared/ids.ts'
import { bytesOf } from './encoded.ts'

/** `entries` are dense and end at `seq`; they may begin anywhere. */
export type LogView = { epoch: Epoch; seq: number; entries: readonly Entry[] }

type Resumed = Omit<LogWelcome, 'log'>

/** `most` bounds the entries of either answer, for a reader that has to be spared. */
export function resume(
  cursor: { epoch: Epoch; seq: number } | undefined,
  view: LogView,
  most = Infinity,
): Resumed {
  const { epoch, seq, entries } = view
  const snapshot = (reason: NonNullable<Resumed['reason']>): Resumed => ({
    epoch,
    seq,
    recovered: false,
    reason,
    entries: entries.slice(-Math.min(most, LIMITS.joinEntries)),
  })
  if (!cursor) return snapshot('new')
  // A position this numbering never had is a position in some other numbering.
  if (cursor.epoch !== epoch || !isPosition(cursor.seq) || cursor.seq > seq) return snapshot('epoch')
  const missed = seq - cursor.seq
  if (missed > Math.min(most, LIMITS.resumeEntries)) return snapshot('too_many')
  if (missed > entries.length) return snapshot('too_old')
  const rest = missed === 0 ? [] : entries.slice(-missed)
  if (bytesOf(rest) > LIMITS.resumeBytes) return snapshot('too_many')
  return { epoch, seq, recovered: true, entries: rest }
}

const isPosition = (seq: number): boolean => Number.isSafeInteger(seq) && seq >= 0
