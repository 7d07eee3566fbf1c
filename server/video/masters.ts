// The HLS master playlists (RFC 8216bis 4.4.6) of a show as text. Pure. What they say of a layer is measured on the
// segments that are listed of it, so it is true of any encoder.
import { runsOf, sizeOf } from './fmp4/reader.ts'
import { TRACK_ID } from './fmp4/init.ts'
import type { Segment } from './packager.ts'

export type Variant = { uri: string; segments: readonly Segment[] }

/** Layers without segments are left out: a player takes an empty one for an error. */
export function masterPlaylist(variants: readonly Variant[]): string {
  const listed = variants.filter(({ segments }) => segments.length > 0)
  const independent = listed.every(({ segments }) => segments.every((segment) => segment.independent))
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    ...(independent ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
    ...listed.flatMap(({ uri, segments }) => [`#EXT-X-STREAM-INF:${attributes(segments)}`, uri]),
    '',
  ].join('\n')
}

/** Of a second at least: a segment that was broken off says nothing about a line. */
const LEAST_MS = 500

function attributes(segments: readonly Segment[]): string {
  const newest = segments.at(-1)
  if (!newest) return ''
  const whole = segments.filter(({ ms }) => ms >= LEAST_MS)
  const measured = whole.length > 0 ? whole : segments
  const bits = (of: readonly Segment[]) =>
    Math.ceil(
      of.reduce((sum, { bytes }) => sum + bytes.byteLength * 8_000, 0) /
        of.reduce((sum, { ms }) => sum + ms, 0),
    )
  const size = sizeOf(newest.head.init)
  return [
    `BANDWIDTH=${Math.max(...measured.map((one) => bits([one])))}`,
    `AVERAGE-BANDWIDTH=${bits(measured)}`,
    ...(size
      ? [`RESOLUTION=${size.width}x${size.height}`, `FRAME-RATE=${rate(measured, newest.head.number)}`]
      : []),
    `CODECS="${newest.head.codecs}"`,
  ].join(',')
}

/** Pictures per second of the take. */
function rate(segments: readonly Segment[], take: number): string {
  const own = segments.filter(({ head }) => head.number === take)
  const pictures = own
    .flatMap(({ bytes }) => runsOf(bytes))
    .reduce((sum, { trackId, samples }) => sum + (trackId === TRACK_ID.video ? samples : 0), 0)
  const ms = own.reduce((sum, one) => sum + one.ms, 0)
  return ((pictures * 1000) / Math.max(1, ms)).toFixed(3)
}
