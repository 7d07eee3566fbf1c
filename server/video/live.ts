// The live streams of this node: what watch pages, studios and HLS viewers reach by a stream's id, published here or
// at another node.
import type { StreamId } from '../../shared/ids.ts'
import type { VideoState } from '../../shared/media.ts'
import type {
  Bus,
  Clock,
  Endpoint,
  Log,
  OpenSecondLook,
  PassClaims,
  Random,
  Tokens,
  Topics,
} from '../app/ports.ts'
import type { Dial, NodeAddress, Nodes, Pipe, PipeHears, RelaySecrets } from '../app/relay-ports.ts'
import type {
  Grants,
  MediaFiles,
  PublisherFacts,
  Show as OnAir,
  Tape,
  VideoEvent,
  VideoProvider,
} from '../app/video-ports.ts'
import { createBroadcast, type Broadcast } from './broadcast.ts'
import { createGrants } from './grants.ts'
import { createIngest, type Admitted } from './ingest.ts'
import { firstSegment } from './numbering.ts'
import { createPush, type Revoked } from './push.ts'
import { createEdges } from './relay/edges.ts'
import { createOrigin } from './relay/origin.ts'
import { fileOf, type Show } from './show.ts'

export type LocalVideo = {
  /** What viewers have, wherever it is published. */
  provider: VideoProvider
  /** The same for what is published at this node alone: whose publisher is here answers for the stream. */
  here: VideoProvider
  files: MediaFiles
  grants: Grants
  endpoints: { push: Endpoint; ingest: Endpoint }
  /** The show that is on, or a new one: for a publisher that was let in. */
  broadcastFor(stream: StreamId): Broadcast
  publishing(stream: StreamId): PublisherFacts | null
  /** Whether nobody publishes it at another node. Asked by whoever lets a publisher in, before it publishes. */
  admit(stream: StreamId): Promise<boolean>
  /** For other nodes; null when there can be none. */
  relay: { accept(pipe: Pipe): PipeHears; announce(address: NodeAddress): void } | null
  /** Every show from now on, before its first packet. */
  onShow(fn: (show: OnAir) => void): void
  /** Forgets a show that is over: what was cut from it, or deleted, is not to be had from memory either. */
  release(stream: StreamId): void
  close(): void
}

/** What nodes of one database reach each other by. */
export type Between = {
  node: string
  nodes: Pick<Nodes, 'airings' | 'find'>
  bus: Pick<Bus, 'publish' | 'subscribe'>
  secrets: RelaySecrets
  dial: Dial
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
  secondLook: OpenSecondLook
  tokens: Pick<Tokens, 'readPass'>
  mayWatch(claims: PassClaims): Promise<boolean>
  viewersOf(stream: StreamId): number
  /** When a stream was live for the first time, Unix milliseconds. Undefined when no stream is older than this
   * process. */
  startedAt?(stream: StreamId): Promise<number | null>
  between?: Between | undefined
  limits: { maxBitsPerSecond: number }
  /** Begins to keep a show; null: it is not kept. */
  tape(stream: StreamId, prefix: string): Tape | null
}): LocalVideo {
  const { clock, random, log, between } = deps
  const broadcasts = new Map<StreamId, Broadcast>()
  /** Of streams that a publisher was let in to and does not publish yet. */
  const starts = new Map<StreamId, number | null>()
  const listeners = new Set<(event: VideoEvent) => void>()
  const grants = createGrants({ clock, random, issuer: between?.node })

  const here = (stream: StreamId): Broadcast | undefined => {
    const own = broadcasts.get(stream)
    return own?.state() === 'ended' ? undefined : own
  }
  const edges =
    between &&
    createEdges({
      ...{ ...deps, ...between, here, streamsHere: () => [...broadcasts.keys()] },
      onLayers: (stream) => push.layers(stream),
    })
  const origin = between && createOrigin({ ...between, clock, log, here, redeem: grants.redeem })

  /** The one to show first: what is published here, then what comes from elsewhere, then what was. */
  function shows(stream: StreamId): readonly Show[] {
    const own = broadcasts.get(stream)
    const others = edges?.shows(stream) ?? []
    if (!own) return others
    return own.gaveWay() ? [...others, own] : [own, ...others]
  }

  function stateOf(stream: StreamId): VideoState {
    const own = broadcasts.get(stream)
    return (own?.gaveWay() === false ? own.state() : edges?.state(stream)) ?? 'idle'
  }
  const onShows: ((show: OnAir) => void)[] = []

  /** A show that ended, or never played, is over for good: the next publisher begins another. */
  function broadcastFor(stream: StreamId): Broadcast {
    const there = here(stream)
    if (there) return there
    const prefix = random.token(PREFIX_BYTES)
    const tape = deps.tape(stream, prefix)
    const begun = createBroadcast({
      ...{ stream, clock, prefix, tape },
      topics: deps.topics,
      firstSegment: firstSegment(starts.get(stream) ?? null, clock.now()),
      maxBitsPerSecond: deps.limits.maxBitsPerSecond,
      viewers: () => deps.viewersOf(stream),
      onState: (state) => changed(stream, begun, state),
      onLayers: () => push.layers(stream),
    })
    starts.delete(stream)
    broadcasts.set(stream, begun)
    // Who watched a show before has the layer it asked for, if this one has it.
    push.layers(stream)
    for (const fn of onShows) fn({ stream, taps: begun.taps })
    return begun
  }

  function changed(stream: StreamId, broadcast: Broadcast, state: VideoState): void {
    log.info('video', { stream, state })
    const release = () => broadcasts.get(stream) === broadcast && broadcasts.delete(stream)
    if (state === 'ended') clock.after(RELEASE_MS, release)
    if (state === 'idle') release()
    for (const listener of listeners) listener({ stream, state })
    edges?.published(stream, state)
  }

  /** What a publisher waits for. What cannot be found out stands in nobody's way. */
  async function before(grant: string, found: StreamId | null): Promise<Admitted> {
    const stream = found ?? (await edges?.redeem(grant)) ?? null
    return { stream, free: stream === null || (await admit(stream)) }
  }

  async function admit(stream: StreamId): Promise<boolean> {
    if (here(stream)) return true
    const [taken, startedAt] = await Promise.all([
      edges?.takenElsewhere(stream),
      deps.startedAt?.(stream).catch((error: unknown) => {
        log.fault('stream start', error)
        return null
      }),
    ])
    if (taken) return false
    starts.set(stream, startedAt ?? null)
    return true
  }

  const playing = (
    stream: StreamId,
    state: VideoState,
    show: Show | undefined,
  ): ReturnType<VideoProvider['playback']> => ({
    provider: 'local',
    state,
    push: '/push',
    hls: `/hls/${stream}/${show?.files.layered() ? 'master' : 'live'}.m3u8`,
    hlsPlain: `/hls/${stream}/${show?.files.layered() ? 'plain-master' : 'plain'}.m3u8`,
    dvr: broadcasts.get(stream)?.hasDvr() === true ? `/hls/${stream}/dvr.m3u8` : null,
    expiresAt: null,
  })
  const local: Pick<VideoProvider, 'end' | 'onEvent'> = {
    end(stream) {
      grants.revoke(stream)
      broadcasts.get(stream)?.end()
    },
    onEvent(fn) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
  }

  const push = createPush({ ...deps, show: (stream) => shows(stream)[0], stateOf, hold: edges?.hold })
  const asks = edges !== undefined || deps.startedAt !== undefined
  const ingest = createIngest({ clock, log, grants, before: asks ? before : undefined, broadcastFor })
  return {
    provider: {
      ...local,
      playback(stream, known) {
        const state = stateOf(stream)
        // On the air, but not shown here yet: at another node, or at one that is gone.
        const elsewhere = edges ? 'live' : 'reconnecting'
        const told = state === 'idle' && known === 'live' ? elsewhere : state
        return playing(stream, told, shows(stream)[0])
      },
    },
    here: {
      ...local,
      playback(stream) {
        const own = broadcasts.get(stream)
        return playing(stream, own?.state() ?? 'idle', own)
      },
    },
    files: {
      async get(stream, file, query) {
        await edges?.reach(stream)
        return fileOf(shows(stream), file, query)
      },
    },
    grants,
    endpoints: { push: push.endpoint, ingest },
    broadcastFor,
    publishing: (stream) => broadcasts.get(stream)?.publishing() ?? null,
    admit,
    relay: origin && edges ? { accept: origin.accept, announce: edges.announce } : null,
    onShow: (fn) => void onShows.push(fn),
    release(stream) {
      if (broadcasts.get(stream)?.state() === 'ended') broadcasts.delete(stream)
    },
    close() {
      push.close()
      edges?.stop()
      for (const broadcast of broadcasts.values()) broadcast.close()
      broadcasts.clear()
    },
  }
}
