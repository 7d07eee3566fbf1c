// What Mux recorded of a show, out of what Mux says of it, in a webhook or in an answer.
import type { MuxAsset, SaidAsset } from './mux-ports.ts'

/** It can be ready, which is playable, while it still grows. */
export function muxAssetOf(said: SaidAsset): MuxAsset {
  const ready = said.status === 'ready'
  const began = said.recording_times?.map(({ started_at: at = '' }) => millis(at)).find(Number.isFinite)
  return {
    ...{ id: said.id, live: said.live_stream_id, ready },
    complete: ready && said.is_live !== true,
    errored: said.status === 'errored',
    playback: said.playback_ids?.find(({ policy }) => policy === 'signed')?.id ?? null,
    durationMs: said.duration === undefined ? null : Math.round(said.duration * 1_000),
    startedAt: began ?? null,
  }
}

const millis = (at: string | { seconds: number; nanos?: number | undefined }): number =>
  typeof at === 'string' ? Date.parse(at) : at.seconds * 1_000 + Math.floor((at.nanos ?? 0) / 1e6)
