// RTMP counts milliseconds in 32 bits: after 49.7 days, and at once with encoders that begin near the end, the
// count begins again. Both tracks share one count.

/** Maps each timestamp to one that goes on beyond 32 bits; a step back stays a step back. */
export function createUnwrap(): (ts: number) => number {
  let last: number | undefined
  return (ts) => {
    last = last === undefined ? ts : last + ((ts - last) | 0)
    return last
  }
}
