// What the application needs of Mux, and of its own notes about what is there. Every call to Mux may throw a
// `MuxFault`: it is another company's machine.
import type { RecordingId, PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Result, StreamState } from '../../shared/protocol/index.ts'
import type { Hosted } from '../domain/hosted.ts'

/** `away`: no answer, or a broken one; `busy`: too many requests; `refused`: it does not do that. Neither message
 * nor fields hold anything that Mux said. */
export class MuxFault extends Error {
  override name = 'MuxFault'
  readonly kind: 'away' | 'busy' | 'refused'
  readonly retryAfterMs: number | null
  constructor(call: string, kind: MuxFault['kind'], status: number | null, retryAfterMs: number | null) {
    super(`mux: ${call} failed (${status ?? 'no answer'})`)
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

export type MuxAsset = {
  id: string
  /** The live stream it was recorded from. */
  live: string
  playback: string | null
  ready: boolean
  /** Nothing is added any more. */
  complete: boolean
  errored: boolean
  durationMs: number | null
  startedAt: number | null
}

/** As Mux says it, in an answer or in a webhook. */
export type SaidAsset = {
  id: string
  live_stream_id: string
  status?: string | undefined
  is_live?: boolean | undefined
  /** Seconds. */
  duration?: number | undefined
  playback_ids?: readonly { id: string; policy: string }[] | undefined
  /** Times are text in answers and numbers in webhooks. */
  recording_times?:
    | readonly { started_at?: string | { seconds: number; nanos?: number | undefined } | undefined }[]
    | undefined
}

/** The API, as far as it is used. Null and false: there is no such thing (any more). Ids are Mux's. */
export type MuxApi = {
  createLive(stream: StreamId): Promise<{ live: string; playback: string }>
  live(
    id: string,
  ): Promise<{ status: 'idle' | 'active' | 'disabled'; encoding: boolean; assets: string[] } | null>
  /** Up to 300 that are on air, whosever they are. */
  active(): Promise<string[]>
  /** What opens the ingest. Never kept. */
  key(id: string): Promise<string | null>
  resetKey(id: string): Promise<string | null>
  /** Ends the recording and lets no encoder in again. Doing it twice does nothing. */
  close(id: string): Promise<void>
  asset(id: string): Promise<SaidAsset | null>
  /** The newest 25. */
  assetsOf(live: string): Promise<{ id: string }[]>
  deleteLive(id: string): Promise<void>
  deleteAsset(id: string): Promise<void>
}

export type MuxAddresses = { hls: string; poster: string; thumbnails: string; expiresAt: number }
/** Addresses that play for some minutes; made here, without asking Mux. */
export type MuxSigner = { sign(playback: string): Promise<MuxAddresses> }

/** Whether Mux signed this, lately. */
export type MuxSignature = { holds(body: string, header: string): Promise<boolean> }

// ---- our notes ------------------------------------------------------------------------------------------

export type MuxRow = Hosted & {
  stream: StreamId
  live: string
  playback: string
  /** Of `newest`, by Mux's clock. */
  newestAt: number | null
  closedAt: number | null
  /** Of our stream. */
  state: StreamState
}
export type MuxAssetRow = Omit<MuxAsset, 'live'> & { recording: RecordingId }

export type Webhook = {
  provider: 'mux'
  id: string
  type: string
  object: string | null
  /** Unix ms by the clock of who sent it. */
  at: number
  payload: Record<string, unknown>
}

/** `at`: by Mux's clock. */
export type MuxFact =
  | { about: 'live'; live: string; said: Exclude<Hosted['newest'], 'none'>; at: number }
  | { about: 'asset'; asset: MuxAsset; deleted: boolean; at: number }

export type MuxNotes = {
  /** The live stream this stream has from now on: the one given, or the one it had before. Null: none any more. */
  keep(stream: StreamId, live: string, playback: string): Promise<{ live: string; playback: string } | null>
  of(stream: StreamId): Promise<MuxRow | null>
  byLive(lives: readonly string[]): Promise<MuxRow[]>
  /** Keeps the webhook and what it says, in one transaction; false when it was here before and nothing changed. */
  hear(webhook: Webhook, fact: MuxFact | null): Promise<boolean>
  /** The same without a webhook. */
  learn(fact: MuxFact): Promise<void>
  /** Claims at most `count` rows that nobody looked at for `ms`. */
  due(ms: number, count: number): Promise<MuxRow[]>
  closed(stream: StreamId): Promise<void>
  assets(stream: StreamId): Promise<MuxAssetRow[]>
  /** Its host alone. What it stands for at Mux is deleted there later. */
  forgetAsset(by: PrincipalId, recording: RecordingId): Promise<Result<null>>
  /** Claims what is to be deleted at Mux. */
  doomed(ms: number, count: number): Promise<{ id: string; kind: 'live' | 'asset' }[]>
  gone(id: string): Promise<void>
  /** Webhooks and deletions that are older than anybody can ask for. */
  prune(): Promise<void>
}
