// What viewers get of a stream on this node, whichever node it is published at.
import type { Layer, VideoState } from '../../shared/media.ts'
import type { MediaFile } from '../app/video-ports.ts'
import type { Feed } from './feed.ts'
import type { Latency } from './latency.ts'
import type { ShowFiles } from './show-files.ts'

export type Show = {
  state(): VideoState
  /** Main first. */
  layers(): readonly Layer[]
  feeds: Record<Layer, Feed>
  files: Pick<ShowFiles, 'get' | 'ready' | 'layered'>
  latency: Latency
}

/** A file of the first of these shows that has it. Playlists stay with the earlier show until there is a segment of
 * the one that follows it: a player that waits longer than a reload may take gives up. */
export async function fileOf(
  shows: readonly Show[],
  file: string,
  query: { msn?: number; part?: number },
): Promise<MediaFile | null> {
  if (file.endsWith('.m3u8')) {
    const show = shows.find(({ files }) => files.ready()) ?? shows[0]
    return (await show?.files.get(file, query)) ?? null
  }
  for (const { files } of shows) {
    const found = await files.get(file, query)
    if (found) return found
  }
  return null
}
