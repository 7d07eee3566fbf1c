// How far one reader has come in one log, and whether every entry came once and in order.

export type Taken = {
  /** Entries that were new. */
  fresh: number
  /** Entries that were jumped over: the server promised each at the seq right after the last one. */
  missed: number
  /** Entries that had come before. */
  doubled: number
}

export type Track = {
  /** Where this reader began; -1 before its first welcome. */
  start(): number
  position(): number
  seen(): number
  /** The first welcome: what came before is not owed to this reader. */
  begin(seq: number): void
  /** Consecutive entries `first`..`last`. */
  take(first: number, last: number): Taken
  /** A welcome that did not continue: the reader is put at `seq`, and what lies between was never shown to it. */
  jump(seq: number): void
}

export function createTrack(): Track {
  let start = -1
  let position = -1
  let seen = 0
  return {
    start: () => start,
    position: () => position,
    seen: () => seen,
    begin(seq) {
      start = seq
      position = seq
    },
    take(first, last) {
      const fresh = Math.max(0, last - Math.max(first - 1, position))
      const doubled = Math.max(0, Math.min(last, position) - first + 1)
      const missed = Math.max(0, first - position - 1)
      position = Math.max(position, last)
      seen += fresh
      return { fresh, missed, doubled }
    },
    jump(seq) {
      position = Math.max(position, seq)
    },
  }
}
