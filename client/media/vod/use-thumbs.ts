// The strips of small pictures of several recordings, as one strip. Without it one seeks all the same.
import { useEffect, useState } from 'preact/hooks'
import type { Recording } from '../../../shared/api/recordings.ts'
import { offsetOf } from './joined.ts'
import { thumbsOf, type Thumb } from './vtt.ts'

export function useThumbs(recordings: readonly Recording[]): readonly Thumb[] {
  const [thumbs, setThumbs] = useState<readonly Thumb[]>([])
  const addresses = recordings.map(({ thumbnails }) => thumbnails ?? '').join(' ')
  useEffect(() => {
    const stop = new AbortController()
    Promise.all(recordings.map((one, i) => stripOf(one, offsetOf(recordings, i) / 1000, stop.signal))).then(
      (strips) => setThumbs(strips.flat()),
      () => undefined,
    )
    return () => stop.abort()
  }, [addresses])
  return thumbs
}

async function stripOf({ thumbnails }: Recording, offset: number, signal: AbortSignal): Promise<Thumb[]> {
  if (thumbnails === null) return []
  const url = new URL(thumbnails, location.href)
  const response = await fetch(url, { signal })
  if (!response.ok) return []
  const cues = thumbsOf(await response.text(), response.url || url.href)
  return cues.map((cue) => ({ ...cue, from: cue.from + offset, to: cue.to + offset }))
}
