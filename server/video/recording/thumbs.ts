// Pictures of a recording: which one stands for it, and where each belongs while it plays (WebVTT). Pure.
import type { Piece } from './reel.ts'

/** The first seconds of a show are often black. */
const POSTER_AFTER_MS = 10_000

export const thumbName = (at: number) => `thumb${at}.jpg`

/** Unix milliseconds of the picture; null: there is none. */
export function posterOf(pieces: readonly Piece[], thumbs: readonly number[]): number | null {
  const [first] = pieces
  if (!first) return null
  return thumbs.find((at) => at >= first.at + POSTER_AFTER_MS) ?? thumbs.at(-1) ?? null
}

/** Names are relative to the list. Times are those of playing: a gap in the show takes none. */
export function thumbnailList(prefix: string, pieces: readonly Piece[], thumbs: readonly number[]): string {
  const cues: { at: number; name: string }[] = []
  let from = 0
  let next = 0
  for (const piece of pieces) {
    for (let at = thumbs[next]; at !== undefined && at < piece.at + piece.ms; at = thumbs[++next]) {
      // One that was taken in a gap shows what comes after it.
      cues.push({ at: from + Math.max(0, at - piece.at), name: `${prefix}-${thumbName(at)}` })
    }
    from += piece.ms
  }
  const blocks = cues.map(({ at, name }, i) => {
    const begin = i === 0 ? 0 : at
    return `${clock(begin)} --> ${clock(cues[i + 1]?.at ?? from)}\n${name}\n`
  })
  return ['WEBVTT\n', ...blocks].join('\n')
}

function clock(ms: number): string {
  const whole = Math.round(ms)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const rest = String(whole % 1000).padStart(3, '0')
  return `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${two((whole / 1000) % 60)}.${rest}`
}
