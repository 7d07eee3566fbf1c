// Playlists of what was kept (RFC 8216bis): a whole recording, and the last half hour of a show that goes on. Pure.
import { TARGET_DURATION_S } from '../cuts.ts'
import { initName, segmentName } from '../playlist.ts'
import { breaks, type Piece } from './reel.ts'

/** A segment of a show that goes on; `kept` false: it can be had no more, but its number stays taken. */
export type DvrPiece = Omit<Piece, 'bytes'> & {
  discontinuity: boolean
  /** Of the show, up to and including its own. */
  discontinuities: number
  kept: boolean
}

/** How far back one can go in a show that goes on. */
export const DVR_MS = 30 * 60_000
/** At least six target durations (RFC 8216bis 4.4.3.8). Readers come each second; one that misses some starts over. */
const SKIP_UNTIL_S = 12

const seconds = (ms: number) => (ms / 1000).toFixed(5)
const date = (at: number) => `#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(at)).toISOString()}`
const map = (prefix: string, config: number) => `#EXT-X-MAP:URI="${initName(prefix, config)}"`
const text = (lines: readonly string[]) => `${lines.join('\n')}\n`

/** `whole` false: it grows, at its end alone. */
export function vodPlaylist(prefix: string, pieces: readonly Piece[], whole: boolean): string {
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${TARGET_DURATION_S}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    `#EXT-X-PLAYLIST-TYPE:${whole ? 'VOD' : 'EVENT'}`,
    ...(whole && pieces.every(({ independent }) => independent) ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
  ]
  let before: Piece | undefined
  for (const piece of pieces) {
    if (before && breaks(before, piece)) lines.push('#EXT-X-DISCONTINUITY')
    if (before?.config !== piece.config) lines.push(map(prefix, piece.config))
    lines.push(date(piece.at), `#EXTINF:${seconds(piece.ms)},`, segmentName(prefix, piece.msn))
    before = piece
  }
  return text(whole ? [...lines, '#EXT-X-ENDLIST'] : lines)
}

/** Numbers and discontinuities are those of the live playlist. `skip`: to a reader that has what came before
 * (RFC 8216bis 6.2.5.1), because half an hour of names each second weighs as much as sound. */
export function dvrPlaylist(
  prefix: string,
  pieces: readonly DvrPiece[],
  { ended, skip }: { ended: boolean; skip: boolean },
): string {
  const [first] = pieces
  const last = pieces.at(-1)
  const gone = first ? first.discontinuities - (first.discontinuity ? 1 : 0) : 0
  const skipped = skip && last ? pieces.filter((piece) => last.at - piece.at > SKIP_UNTIL_S * 1000).length : 0
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${TARGET_DURATION_S}`,
    `#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=${SKIP_UNTIL_S},HOLD-BACK=${3 * TARGET_DURATION_S}`,
    `#EXT-X-MEDIA-SEQUENCE:${first?.msn ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${gone}`,
    ...(skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
  ]
  let config: number | undefined
  for (const [i, piece] of pieces.entries()) {
    if (i < skipped) continue
    if (piece.discontinuity) lines.push('#EXT-X-DISCONTINUITY')
    if (config !== piece.config) lines.push(map(prefix, piece.config))
    config = piece.config
    if (!piece.kept) lines.push('#EXT-X-GAP')
    lines.push(date(piece.at), `#EXTINF:${seconds(piece.ms)},`, segmentName(prefix, piece.msn))
  }
  return text(ended ? [...lines, '#EXT-X-ENDLIST'] : lines)
}
