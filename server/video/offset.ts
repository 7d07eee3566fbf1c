// How far the publisher's clock is from ours, as an interval that each exchange narrows. Our `go` went out
// before its first `clock` was sent, and every `clock` was sent before it came in: between the two lies the
// truth. Add the offset to a publisher's time to get ours.

export type Offset = {
  /** A `clock` frame: sent at `sent` on the publisher's clock, heard at `now` on ours. */
  heard(sent: number, now: number): void
  /** Undefined before the first exchange. Wrong by half a round trip at most. */
  estimate(): number | undefined
}

export function createOffset(goAt: number): Offset {
  let least: number | undefined
  let most = Infinity
  return {
    heard(sent, now) {
      // Only the first frame answers `go`; later ones were sent whenever the publisher liked.
      least ??= goAt - sent
      most = Math.min(most, now - sent)
    },
    estimate: () => (least === undefined ? undefined : (Math.min(least, most) + most) / 2),
  }
}
