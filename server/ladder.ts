// Small pictures of shows whose publisher sends one size, made by the ffmpeg of this machine when the operator wants.
import { availableParallelism } from 'node:os'
import { openFfmpeg } from './adapters/ffmpeg/index.ts'
import type { Clock, Log } from './app/ports.ts'
import type { Config } from './config.ts'
import type { StreamId } from '../shared/ids.ts'
import { createLadder } from './video/ladder/ladder.ts'
import type { LocalVideo } from './video/live.ts'

const CORES_EACH = 2

/** Before the first show. `notices`: what the person at the terminal needs to know. */
export async function openLadder(deps: {
  config: Pick<Config, 'ladder' | 'processes'>
  video: Pick<LocalVideo, 'onShow' | 'broadcastFor'>
  isElsewhere(stream: StreamId): Promise<boolean>
  clock: Clock
  log: Log
}): Promise<{ notices: string[]; close(): void }> {
  const { config, video } = deps
  if (!config.ladder.on) return { notices: [], close: () => undefined }
  const ffmpeg = await openFfmpeg()
  if (typeof ffmpeg === 'string')
    return {
      notices: [`LADDER=ffmpeg: ${ffmpeg}; viewers get one picture size`],
      close: () => undefined,
    }
  const room = Math.max(1, Math.floor(availableParallelism() / CORES_EACH / config.processes))
  const ladder = createLadder({
    ...{ ...deps, transcoder: ffmpeg.transcoder },
    most: config.ladder.streams === 0 ? room : config.ladder.streams,
  })
  video.onShow((show) => ladder.show(show, video.broadcastFor(show.stream).low))
  return {
    notices: [],
    close() {
      ladder.close()
      ffmpeg.close()
    },
  }
}
