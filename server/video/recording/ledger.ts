// The segments of a show that goes on, as numbers: a day of them is five megabytes, where as many objects would be
// ten times that.
import type { Piece } from './reel.ts'

const FIELDS = 7
const PER_PAGE = 1_024

export type Ledger = { push(piece: Piece): void; all(): Piece[] }

export function createLedger(): Ledger {
  const pages: Float64Array[] = []
  let count = 0
  return {
    push({ msn, take, config, at, ms, independent, bytes }) {
      const place = count++ % PER_PAGE
      if (place === 0) pages.push(new Float64Array(PER_PAGE * FIELDS))
      pages.at(-1)?.set([msn, take, config, at, ms, independent ? 1 : 0, bytes], place * FIELDS)
    },
    all() {
      const pieces: Piece[] = []
      for (const page of pages)
        for (let i = 0; i < PER_PAGE && pieces.length < count; i++) {
          const row = page.subarray(i * FIELDS, (i + 1) * FIELDS)
          const [msn = 0, take = 0, config = 0, at = 0, ms = 0, independent, bytes = 0] = row
          pieces.push({ msn, take, config, at, ms, independent: independent === 1, bytes })
        }
      return pieces
    },
  }
}
