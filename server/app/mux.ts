// Streams whose video goes through Mux, as their hosts and viewers meet them: where to send, how to watch, what was
// recorded. The live stream at Mux is made when the host first wants to send; its key is asked for each time and kept
// nowhere.
import type { IngestKey } from '../../shared/api/ingest.ts'
import type { Recording } from '../../shared/api/recordings.ts'
import type { Delivery, Playback } from '../../shared/api/streams.ts'
import type { RecordingId, StreamId } from '../../shared/ids.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import { hostedState } from '../domain/hosted.ts'
import { MuxFault, type MuxApi, type MuxAssetRow, type MuxNotes, type MuxSigner } from './mux-ports.ts'
import type { Log, Stream } from './ports.ts'
import type { Who } from './sessions.ts'

/** Where encoders send to when nothing is said. The first is the one to use. */
const NEAREST = [
  { url: 'rtmps://global-live.mux.com:443/app', secure: true },
  { url: 'rtmp://global-live.mux.com:5222/app', secure: false },
]
/** From camera to screen, in seconds, as Mux gives them for each mode. */
const BEHIND = { low: [5, 10], reduced: [12, 20], standard: [25, 30] } as const

export type MuxCases = ReturnType<typeof createMuxCases>

export function createMuxCases(deps: {
  api: MuxApi
  notes: MuxNotes
  signer: MuxSigner
  latency: keyof typeof BEHIND
  /** One of Mux's regions; null: the nearest. */
  ingestUrl: string | null
  /** Who may not watch is given no token. */
  mayWatch: (stream: StreamId, who: () => Promise<Who | null>) => Promise<boolean>
  log: Log
}) {
  const { api, notes, signer, ingestUrl, log } = deps
  const servers = ingestUrl === null ? NEAREST : [{ url: ingestUrl, secure: ingestUrl.startsWith('rtmps:') }]

  /** A host whose two tabs ask at once makes two at Mux: one of them is nobody's and is deleted again. */
  async function prepared(stream: StreamId): Promise<{ live: string; playback: string } | null> {
    const there = await notes.of(stream)
    if (there) return there
    const made = await api.createLive(stream)
    const kept = await notes.keep(stream, made.live, made.playback)
    if (kept?.live !== made.live) await api.deleteLive(made.live)
    return kept
  }

  /** What Mux does not answer is worth trying again; the host is told nothing of what it said. */
  async function asking<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof MuxFault)) throw error
      log.fault('mux', error)
      return deny('unavailable')
    }
  }

  async function keyOf(stream: StreamId, ask: (live: string) => Promise<string | null>) {
    const live = await prepared(stream)
    return live && ask(live.live)
  }

  function ingest(stream: Stream, ask: (live: string) => Promise<string | null>): Promise<Result<IngestKey>> {
    return asking(async () => {
      if (stream.state === 'ended') return deny('wrong_state')
      const key = await keyOf(stream.id, ask)
      if (key === null) return deny('wrong_state')
      return ok({ servers, key, available: true, says: null })
    })
  }

  async function recording(row: MuxAssetRow): Promise<Recording> {
    const { playback, durationMs } = row
    const signed = row.ready && playback !== null ? await signer.sign(playback) : null
    return {
      id: row.recording,
      state: row.errored ? 'failed' : signed && row.complete ? 'ready' : 'recording',
      provider: 'mux',
      startedAt: row.startedAt ?? 0,
      durationMs: durationMs ?? 0,
      trim: { startMs: 0, endMs: null },
      wholeMs: durationMs ?? 0,
      bytes: null,
      hls: signed?.hls ?? '',
      expiresAt: signed?.expiresAt ?? null,
      poster: signed?.poster ?? null,
      thumbnails: signed?.thumbnails ?? null,
      fault: row.errored ? 'Mux could not record this show.' : null,
      downloads: 0,
    }
  }

  return {
    /** `hls` is empty while there is nothing to play, or nothing for this person. */
    async playback(stream: Stream, who: Who | null): Promise<Playback> {
      const row = await notes.of(stream.id)
      const state = stream.state === 'ended' ? 'ended' : row ? hostedState(row) : 'idle'
      const may =
        row !== null && state !== 'ended' && (await deps.mayWatch(stream.id, () => Promise.resolve(who)))
      const signed = may ? await signer.sign(row.playback) : null
      const hls = signed?.hls ?? ''
      const expiresAt = signed?.expiresAt ?? null
      return { provider: 'mux', state, push: null, hls, hlsPlain: hls, dvr: null, expiresAt }
    },

    /** Before the first packet: an encoder must find its place at Mux. */
    prepare: (stream: StreamId): Promise<Result<null>> =>
      asking(async () => ((await prepared(stream)) ? ok(null) : deny('wrong_state'))),

    /** Where to push what the browser sends. Null: nowhere. */
    async target(stream: StreamId): Promise<{ url: string; key: string } | null> {
      const [server] = servers
      const key = await keyOf(stream, api.key)
      return key === null || !server ? null : { url: server.url, key }
    },

    /** For an encoder that sends to Mux itself. */
    ingestKey: (stream: Stream) => ingest(stream, api.key),
    resetKey: (stream: Stream) => ingest(stream, api.resetKey),

    delivery(): Pick<Delivery, 'provider' | 'behind'> {
      const [fromSeconds, toSeconds] = BEHIND[deps.latency]
      return { provider: 'mux', behind: { fromSeconds, toSeconds } }
    },

    /** No encoder gets in any more. What Mux does not hear now it is told by the reconciler. */
    async close(stream: StreamId): Promise<void> {
      const row = await notes.of(stream)
      if (row?.closedAt !== null) return
      await api.close(row.live)
      await notes.closed(stream)
    },

    /** Oldest first; the caller has asked whether this person may watch. */
    recordings: async (stream: StreamId): Promise<Recording[]> =>
      Promise.all((await notes.assets(stream)).map(recording)),

    /** Its host alone; what is at Mux is deleted there soon. */
    deleteRecording: ({ principal }: Who, recording: RecordingId): Promise<Result<null>> =>
      notes.forgetAsset(principal.id, recording),
  }
}
