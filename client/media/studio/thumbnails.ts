// Small pictures of what is on air, for the recording's strip: one every few seconds, while live. They cost the
// broadcast nothing: drawn from the preview, at most one on its way, and what goes wrong is left out.
import { THUMBNAIL } from '../../../shared/api/recordings.ts'
import type { Clock } from '../../clock.ts'

/** Draws the picture as a JPEG of this quality (0 to 1); null when there is no picture now. */
export type Draw = (quality: number) => Promise<Blob | null>

/** Tried in turn until one is small enough. */
const QUALITIES = [0.7, 0.5, 0.3] as const

/** Sends until the returned function is called. */
export function sendThumbnails(deps: {
  draw: Draw
  send(jpeg: Blob): Promise<unknown>
  clock: Clock
}): () => void {
  let stopped = false
  let cancel = (): void => undefined

  async function once(): Promise<void> {
    for (const quality of QUALITIES) {
      const jpeg = await deps.draw(quality)
      if (!jpeg || stopped) return
      if (jpeg.size <= THUMBNAIL.bytes) {
        await deps.send(jpeg)
        return
      }
    }
  }

  /** From the answer on, not from the clock: one that was long on its way would have the next one at its heels, and
   * the server refuses that. */
  function next(): void {
    if (stopped) return
    cancel = deps.clock.after(THUMBNAIL.everyMs, () => {
      once()
        // The strip has a gap then; nobody is kept from anything.
        .catch(() => undefined)
        .finally(next)
    })
  }
  next()
  return () => {
    stopped = true
    cancel()
  }
}

/** From a <video>, in its own proportions. */
export function drawFrom(video: HTMLVideoElement): Draw {
  const canvas = document.createElement('canvas')
  return (quality) => {
    const { videoWidth, videoHeight, readyState } = video
    if (videoWidth === 0 || readyState < HAVE_CURRENT_DATA) return Promise.resolve(null)
    canvas.width = THUMBNAIL.width
    canvas.height = Math.max(1, Math.round((THUMBNAIL.width * videoHeight) / videoWidth))
    canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
  }
}
const HAVE_CURRENT_DATA = 2
