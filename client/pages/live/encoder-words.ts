// What an encoder sends, in words.
import type { IngestStatus } from '../../../shared/api/ingest.ts'

type Publisher = NonNullable<IngestStatus['publisher']>

/** Above it a viewer waits too long for a first picture. */
const MOST_KEY_FRAME_MS = 2_500

export function receiving({ kbps, fps, width, height }: Publisher): string {
  // The first numbers come with the first two seconds.
  if (kbps === 0) return 'An encoder is connected.'
  const size = width !== null && height !== null ? `, ${width}×${height}` : ''
  const frames = fps > 0 ? `, ${Math.round(fps)} fps` : ', no picture'
  return `Receiving ${kbps.toLocaleString('en')} kbit/s${frames}${size}.`
}

/** What would help, or null. */
export function adviceOn({ kind, keyFrameMs }: Publisher): string | null {
  if (kind !== 'rtmp' || keyFrameMs === null || keyFrameMs <= MOST_KEY_FRAME_MS) return null
  const seconds = (keyFrameMs / 1000).toFixed(1)
  return `A key frame comes every ${seconds} s only, so viewers wait long for their first picture. Set the keyframe interval of the encoder to 1 s.`
}
