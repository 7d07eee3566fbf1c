// The live streams of this node: what watch pages, studios and HLS viewers reach by a stream's id.
import type { StreamId } from '../../shared/ids.ts'
import type { VideoState } from '../../shared/media.ts'
import type { Clock, Endpoint, Log, PassClaims, Random, Tokens, Topics } from '../app/ports.ts'
import type { Grants, MediaFiles, Tape, VideoEvent, VideoProvider } from '../app/video-ports.ts'
import { createBroadcast, type Broadcast } from './broadcast.ts'
import { createGrants } from './grants.ts'
import { createIngest } from './ingest.ts'
import { createPush, type Revoked } from './push.ts'

export type LocalVideo = {
  provider: VideoProvider
  files: MediaFiles
  grants: Grants
  endpoints: { push: Endpoint; ingest: Endpoint }
  close(): void
}

/** Who watches the last seconds by HLS after the end still gets them. */
const RELEASE_MS = 120_000
const PREFIX_BYTES = 6

export function createLocalVideo(deps: {
  clock: Clock
  random: Random
  log: Log
  topics: Topics
  revocations: Revoked
  tokens: Pick<Tokens, 'readPass'>
  mayWatch(claims: PassClaims): Promise<boolean>
  viewersOf(stream: StreamId): number
  limits: { maxBitsPerSecond: number }
  /** Begins to keep a show; null: it is not kept. */
  tape(stream: StreamId, prefix: string): Tape | null
}): LocalVideo {
  const { clock, random, log } = deps
  const broadcasts = new Map<StreamId, Broadcast>()
  const listeners = new Set<(event: VideoEvent) => void>()
  const grants = createGrants({ clock, random })

  /** A show that ended, or never played, is over for good: the next publisher begins another. */
  function broadcastFor(stream: StreamId): Broadcast {
    const there = broadcasts.get(stream)
    if (there && there.state() !== 'ended') return there
    const prefix = random.token(PREFIX_BYTES)
    const tape = deps.tape(stream, prefix)
    const begun = createBroadcast({
      ...{ stream, clock, prefix, tape },
      topics: deps.topics,
      maxBitsPerSecond: deps.limits.maxBitsPerSecond,
      viewers: () => deps.viewersOf(stream),
      onState: (state) => changed(stream, begun, state),
    })
    broadcasts.set(stream, begun)
    return begun
  }

  function changed(stream: StreamId, broadcast: Broadcast, state: VideoState): void {
    log.info('video', { stream, state })
    const release = () => broadcasts.get(stream) === broadcast && broadcasts.delete(stream)
    if (state === 'ended') clock.after(RELEASE_MS, release)
    if (state === 'idle') release()
    for (const listener of listeners) listener({ stream, state })
  }

  const push = createPush({ ...deps, broadcast: (stream) => broadcasts.get(stream) })
  return {
    provider: {
      playback: (stream) => ({
        provider: 'local',
        state: broadcasts.get(stream)?.state() ?? 'idle',
        push: '/push',
        hls: `/hls/${stream}/live.m3u8`,
        hlsPlain: `/hls/${stream}/plain.m3u8`,
        dvr: broadcasts.get(stream)?.hasDvr() === true ? `/hls/${stream}/dvr.m3u8` : null,
        expiresAt: null,
      }),
      end(stream) {
        grants.revoke(stream)
        broadcasts.get(stream)?.end()
      },
      onEvent(fn) {
        listeners.add(fn)
        return () => listeners.delete(fn)
      },
    },
    files: {
      get: async (stream, file, query) => (await broadcasts.get(stream)?.files.get(file, query)) ?? null,
    },
    grants,
    endpoints: { push: push.endpoint, ingest: createIngest({ clock, log, grants, broadcastFor }) },
    close() {
      push.close()
      for (const broadcast of broadcasts.values()) broadcast.close()
      broadcasts.clear()
    },
  }
}
