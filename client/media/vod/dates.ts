// Between seconds of a player's timeline and the moments that were filmed. Each fragment of a playlist says when
// it was filmed, so a gap, a discontinuity or a trim between two of them changes nothing. Pure.

/** In order. `start` and `duration` in seconds, `programDateTime` Unix ms; null where the playlist has none. */
export type Dated = { start: number; duration: number; programDateTime: number | null }

/** The last fragment that `begins` by then; a playlist of ten hours has tens of thousands. */
function lastWhere(fragments: readonly Dated[], begins: (one: Dated) => boolean): Dated | undefined {
  let low = 0
  let high = fragments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const one = fragments[middle]
    if (one && begins(one)) low = middle + 1
    else high = middle
  }
  return fragments[low - 1]
}

/** When the picture at this second was filmed; null when the playlist does not say. */
export function dateOf(fragments: readonly Dated[], seconds: number): number | null {
  const at = lastWhere(fragments, ({ start }) => start <= seconds) ?? fragments[0]
  if (!at || at.programDateTime === null) return null
  return at.programDateTime + (seconds - at.start) * 1000
}

/** Where the picture of this moment is. Of a moment that was not filmed, the first picture after it. */
export function secondsOf(fragments: readonly Dated[], date: number): number | null {
  const first = fragments[0]
  if (!first || first.programDateTime === null) return null
  const at = lastWhere(
    fragments,
    ({ programDateTime }) => programDateTime !== null && programDateTime <= date,
  )
  if (!at || at.programDateTime === null) return first.start
  return at.start + Math.min(at.duration, (date - at.programDateTime) / 1000)
}
