// The HLS media playlists (RFC 8216bis) of one layer as text. Pure. Without another layer nobody needs a master: players
// read the codecs from the init segment and save a round trip.
import { PART_TARGET_MS, TARGET_DURATION_S } from './cuts.ts'
import type { OpenSegment, Part, Segment } from './packager.ts'

/** Names hold the show's random prefix: what a cache keeps of an earlier show can never be taken for this one. */
export const initName = (prefix: string, take: number) => `${prefix}-init${take}.mp4`
export const segmentName = (prefix: string, msn: number) => `${prefix}-${msn}.m4s`
export const partName = (prefix: string, msn: number, part: number) => `${prefix}-${msn}.${part}.m4s`

export type PlaylistView = {
  prefix: string
  /** The listed window, oldest first. */
  segments: readonly Segment[]
  open: OpenSegment | undefined
  ended: boolean
  /** Another layer: where its playlist is, and the last that there is in it. */
  beside?: { uri: string; msn: number; part: number | null } | null
}

/** Parts are listed for this much at the end (RFC 8216bis 4.4.4.9 asks for three target durations). */
const PARTS_MS = 3 * TARGET_DURATION_S * 1000
const seconds = (ms: number) => (ms / 1000).toFixed(5)

export function lowLatencyPlaylist(view: PlaylistView): string {
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${TARGET_DURATION_S}`,
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${(3 * PART_TARGET_MS) / 1000},HOLD-BACK=${3 * TARGET_DURATION_S}`,
    `#EXT-X-PART-INF:PART-TARGET=${PART_TARGET_MS / 1000}`,
    ...windowLines(view),
  ]
  let after = view.segments.reduce((sum, segment) => sum + segment.ms, 0)
  const map = createMap(view.prefix)
  for (const segment of view.segments) {
    lines.push(...map(segment))
    if (!view.ended && after <= PARTS_MS) lines.push(...partLines(view.prefix, segment))
    after -= segment.ms
    lines.push(...mediaLines(view.prefix, segment))
  }
  if (view.ended) lines.push('#EXT-X-ENDLIST')
  else lines.push(...openLines(view, map))
  return text(lines)
}

/** The same segments without parts, for players that do not know them or do not do well with them. */
export function plainPlaylist(view: PlaylistView): string {
  const map = createMap(view.prefix)
  return text([
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${TARGET_DURATION_S}`,
    ...windowLines(view),
    ...view.segments.flatMap((segment) => [...map(segment), ...mediaLines(view.prefix, segment)]),
    ...(view.ended ? ['#EXT-X-ENDLIST'] : []),
  ])
}

/** A tag that left the window with its segment is counted; one that still stands in it is not. */
function windowLines({ segments }: PlaylistView): string[] {
  const [first] = segments
  const gone = first ? first.discontinuities - (first.discontinuity ? 1 : 0) : 0
  return [
    `#EXT-X-MEDIA-SEQUENCE:${first?.msn ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${gone}`,
    ...(segments.every((segment) => segment.independent) ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
  ]
}

type Place = Pick<Segment, 'head' | 'discontinuity' | 'at'>

/** What stands before a segment or its first part; the map only when it changes. */
function createMap(prefix: string): (segment: Place) => string[] {
  let current: number | undefined
  return ({ head, discontinuity, at }) => {
    const lines = discontinuity ? ['#EXT-X-DISCONTINUITY'] : []
    if (head.number !== current) lines.push(`#EXT-X-MAP:URI="${initName(prefix, head.number)}"`)
    current = head.number
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(Math.round(at)).toISOString()}`)
    return lines
  }
}

function mediaLines(prefix: string, { msn, ms }: Segment): string[] {
  return [`#EXTINF:${seconds(ms)},`, segmentName(prefix, msn)]
}

function partLines(prefix: string, { msn, parts }: { msn: number; parts: readonly Part[] }): string[] {
  return parts.map(
    ({ ms, independent }, i) =>
      `#EXT-X-PART:DURATION=${seconds(ms)},URI="${partName(prefix, msn, i)}"${independent ? ',INDEPENDENT=YES' : ''}`,
  )
}

/** Tags before the open segment stand only with a part to belong to. The hint always stands, even while the
 * publisher is gone: hls.js takes a segment that ends the text for an open one, and then trips over the
 * discontinuity that follows it. */
function openLines({ prefix, open, segments, beside }: PlaylistView, map: (of: Place) => string[]): string[] {
  const msn = open?.msn ?? (segments.at(-1)?.msn ?? -1) + 1
  const parts = open?.parts ?? []
  return [
    ...(open && parts.length > 0 ? [...map(open), ...partLines(prefix, open)] : []),
    `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${partName(prefix, msn, parts.length)}"`,
    ...(beside ? [reportLine(beside)] : []),
  ]
}

/** A player that goes over to the other layer asks at once for what comes next there. */
const reportLine = ({ uri, msn, part }: NonNullable<PlaylistView['beside']>) =>
  `#EXT-X-RENDITION-REPORT:URI="${uri}",LAST-MSN=${msn}${part === null ? '' : `,LAST-PART=${part}`}`

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`
