// What recordings need from the outside: rows that say what there is, and who reads the media back. Times are Unix
// milliseconds, lengths milliseconds of media.
import type { Recording, RecordingState } from '../../shared/api/recordings.ts'
import type { PrincipalId, RecordingId, StreamId } from '../../shared/ids.ts'
import type { Result } from '../../shared/protocol/index.ts'

export type RecordingRow = {
  id: RecordingId
  stream: StreamId
  prefix: string
  provider: Recording['provider']
  state: RecordingState
  startedAt: number
  endedAt: number | null
  wholeMs: number
  bytes: number
  trim: Recording['trim']
  /** In words. */
  fault: string | null
}

export type Progress = Pick<RecordingRow, 'id' | 'wholeMs' | 'bytes' | 'fault'>

/** `node` is who writes. A row that goes, whatever deletes it, leaves its id among `gone` until `forget`. */
export type RecordingRows = {
  /** False: there is no such stream. The same again changes nothing. */
  begin(row: Pick<RecordingRow, 'id' | 'stream' | 'prefix' | 'startedAt'>, node: string): Promise<boolean>
  /** Answers those that are still there and this node's. */
  beat(node: string, rows: readonly Progress[]): Promise<RecordingId[]>
  /** False: it is gone, or another node took it over. */
  finish(
    node: string,
    row: Progress & { state: Exclude<RecordingState, 'recording'>; endedAt: number },
  ): Promise<boolean>
  /** Takes over those whose writer was silent for `ms`. */
  adopt(node: string, ms: number): Promise<RecordingRow[]>
  /** Oldest first. */
  ofStream(stream: StreamId): Promise<RecordingRow[]>
  /** Refuses `not_found` to anybody but the host, and `wrong_state` while it is written. */
  trim(by: PrincipalId, id: RecordingId, trim: Recording['trim']): Promise<Result<null>>
  remove(by: PrincipalId, id: RecordingId): Promise<Result<null>>
  /** Deletes those that ended so long ago. */
  expire(days: number): Promise<RecordingId[]>
  /** Some of those whose media is still to be removed. */
  gone(): Promise<RecordingId[]>
  forget(ids: readonly RecordingId[]): Promise<void>
}

/** One MP4 file, made while it is sent. */
export type Movie = {
  size: number
  /** From byte `from` to `to`, not included, in pieces of a few megabytes at most. */
  bytes(from: number, to: number): AsyncIterable<Uint8Array>
}

/** Recordings of the storage as they play. */
export type Library = {
  /** What its host and viewers are told of it. */
  describe(row: RecordingRow): Promise<Recording>
  /** Whether anything plays with this trim. */
  fits(row: RecordingRow, trim: Recording['trim']): Promise<boolean>
  /** Null: no such part. */
  movie(row: RecordingRow, part: number): Promise<Movie | null>
  /** Something about this one changed. */
  forget(id: RecordingId): void
}

/** Keeps pictures of what is on air. */
export type Thumbnails = {
  /** `wrong_state` when nothing of this stream is being recorded here, `rate_limited` when one is there already. */
  keep(stream: StreamId, jpeg: Uint8Array): Promise<Result<null>>
}
