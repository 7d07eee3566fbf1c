// Recordings as their hosts and viewers meet them over REST.
import type { Recording, Recordings, TrimRequest } from '../../shared/api/recordings.ts'
import { THUMBNAIL } from '../../shared/api/recordings.ts'
import type { RecordingId, StreamId } from '../../shared/ids.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import { closed, refusedAt } from './gates.ts'
import { isJpeg } from '../domain/jpeg.ts'
import type { Limiter } from './limiter.ts'
import type { Stream, Streams } from './ports.ts'
import type { Library, Movie, RecordingRow, RecordingRows, Thumbnails } from './recording-ports.ts'
import type { Erasure } from './reading-ports.ts'
import type { Who } from './sessions.ts'

export type RecordingCases = ReturnType<typeof createRecordingCases>
/** `tag` changes when the bytes do. */
export type MovieFile = Movie & { name: string; tag: string }

export function createRecordingCases(deps: {
  streams: Pick<Streams, 'bySlug' | 'standing'>
  rows: Pick<RecordingRows, 'ofStream' | 'trim' | 'remove'>
  library: Library
  thumbnails: Thumbnails
  /** Kept by another service; null: there is none. */
  elsewhere: {
    recordings(stream: StreamId): Promise<Recording[]>
    deleteRecording(who: Who, id: RecordingId): Promise<Result<null>>
  } | null
  /** Something of this stream was cut or deleted: it is not to be had from memory. */
  release(stream: StreamId): void
  /** Something was deleted: its media goes now. */
  sweep(): Promise<void>
  limit: Limiter
}) {
  const { streams, rows, library, thumbnails } = deps

  async function hosted({ principal }: Who, slug: string): Promise<Result<Stream>> {
    const stream = await streams.bySlug(slug)
    if (!stream) return deny('not_found')
    return stream.host.id === principal.id ? ok(stream) : deny('not_allowed')
  }

  async function found(who: Who, slug: string, id: RecordingId): Promise<Result<RecordingRow>> {
    const stream = await hosted(who, slug)
    if (!stream.ok) return stream
    const row = (await rows.ofStream(stream.value.id)).find((one) => one.id === id)
    return row?.provider === 'local' ? ok(row) : deny('not_found')
  }

  return {
    async list(slug: string, who: Who | null): Promise<Result<Recordings>> {
      const stream = await streams.bySlug(slug)
      if (!stream) return deny('not_found')
      const standing = who && (await streams.standing(who.principal.id, stream.id))
      if (standing?.banned) return deny('banned')
      const refused = refusedAt(stream, standing)
      if (refused !== null) return closed(stream, refused)
      const isHost = stream.host.id === who?.principal.id
      const local = (await rows.ofStream(stream.id)).filter(({ provider }) => provider === 'local')
      const away = stream.provider === 'mux' ? ((await deps.elsewhere?.recordings(stream.id)) ?? []) : []
      const all = [...(await Promise.all(local.map(library.describe))), ...away]
      return ok({ recordings: isHost ? all : all.filter(({ state }) => state !== 'failed').map(asViewer) })
    },

    async trim(who: Who, slug: string, id: RecordingId, { trim }: TrimRequest): Promise<Result<Recording>> {
      const row = await found(who, slug, id)
      if (!row.ok) return row
      if (row.value.state !== 'ready') return deny('wrong_state')
      const isNothing = trim.endMs !== null && trim.endMs <= trim.startMs
      if (isNothing || !(await library.fits(row.value, trim))) return deny('bad_request', { field: 'trim' })
      const done = await rows.trim(who.principal.id, id, trim)
      if (!done.ok) return done
      library.forget(id)
      deps.release(row.value.stream)
      return ok(await library.describe({ ...row.value, trim }))
    },

    async remove(who: Who, slug: string, id: RecordingId): Promise<Result<null>> {
      const stream = await hosted(who, slug)
      if (stream.ok && stream.value.provider === 'mux' && deps.elsewhere)
        return deps.elsewhere.deleteRecording(who, id)
      const row = await found(who, slug, id)
      if (!row.ok) return row
      const done = await rows.remove(who.principal.id, id)
      if (!done.ok) return done
      library.forget(id)
      deps.release(row.value.stream)
      await deps.sweep()
      return done
    },

    async movie(who: Who, slug: string, id: RecordingId, part: number | null): Promise<Result<MovieFile>> {
      const row = await found(who, slug, id)
      if (!row.ok) return row
      if (row.value.state !== 'ready') return deny('wrong_state')
      const limited = deps.limit.take(who.principal.id)
      if (!limited.ok) return limited
      const { downloads } = await library.describe(row.value)
      // One file cannot hold them all: which of them is asked for has to be said.
      if (part === null && downloads > 1) return deny('bad_request', { field: 'part' })
      const movie = await library.movie(row.value, part ?? 1)
      if (!movie) return deny('not_found')
      const { startMs, endMs } = row.value.trim
      const date = new Date(row.value.startedAt).toISOString().slice(0, 10)
      const name = `${slug}-${date}${part === null ? '' : `-${part}`}.mp4`
      return ok({ ...movie, name, tag: `${id}-${startMs}-${endMs}-${part ?? 1}-${movie.size}` })
    },

    async thumbnail(who: Who, slug: string, jpeg: Uint8Array): Promise<Result<null>> {
      const stream = await hosted(who, slug)
      if (!stream.ok) return stream
      if (jpeg.byteLength > THUMBNAIL.bytes) return deny('too_large')
      if (!isJpeg(jpeg)) return deny('bad_request', { field: 'body' })
      return thumbnails.keep(stream.value.id, jpeg)
    },
  }
}

/** Why something is missing, and how large it is, is the host's business. */
const asViewer = (recording: Recording): Recording => ({ ...recording, fault: null, bytes: null })

/** With the rows of a stream goes what was recorded of it. */
export const withRecordings = (
  erasure: Erasure,
  { release, sweep }: { release(stream: StreamId): void; sweep(): Promise<void> },
): Erasure => ({
  ...erasure,
  async stream(by, stream) {
    const erased = await erasure.stream(by, stream)
    if (erased.ok) {
      release(stream)
      await sweep()
    }
    return erased
  },
})
