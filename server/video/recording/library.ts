// Recordings as they are read back: playlists, segments and pictures by the names that a show gave them, and whole
// films. What was cut off is not there, whoever knows its name.
import type { Clock } from '../../app/ports.ts'
import type { Library, RecordingRow, RecordingRows } from '../../app/recording-ports.ts'
import type { MediaElsewhere, MediaFile, Storage } from '../../app/video-ports.ts'
import type { RecordingId, StreamId } from '../../../shared/ids.ts'
import { createMovie } from './movie.ts'
import { byConfig, initKey, lengthOf, pieceAt, pieceKey, thumbKey, type Piece } from './reel.ts'
import { createShelf, type Held } from './shelf.ts'
import type { LiveTape } from './tape.ts'
import { posterOf, thumbName, thumbnailList } from './thumbs.ts'

export type MediaLibrary = Library & {
  file(stream: StreamId, name: string): Promise<MediaFile | MediaElsewhere | null>
}

/** Viewers ask for a segment a second each. Another node may have cut or deleted meanwhile. */
const ROWS_FRESH_MS = 2_000
const MOST_STREAMS = 1_000
/** Names never come back with other content, so this is only how long a cache may help out. */
const MEDIA_MAX_AGE_S = 60

const NAME =
  /^([\w-]{1,64})-(?:(vod)\.m3u8|(thumbs)\.vtt|init(\d{1,9})\.mp4|(\d{1,9})\.m4s|thumb(\d{1,15})\.jpg)$/

export function createLibrary(deps: {
  storage: Storage
  rows: Pick<RecordingRows, 'ofStream'>
  clock: Pick<Clock, 'now'>
  live(id: RecordingId): Pick<LiveTape, 'pieces' | 'waiting'> | undefined
}): MediaLibrary {
  const { storage, clock } = deps
  const shelf = createShelf({ storage, clock, live: (id) => deps.live(id)?.pieces() })
  const streams = new Map<StreamId, { at: number; rows: Promise<RecordingRow[]> }>()

  function rowsOf(stream: StreamId): Promise<RecordingRow[]> {
    const known = streams.get(stream)
    if (known && clock.now() - known.at < ROWS_FRESH_MS) return known.rows
    const asked = { at: clock.now(), rows: deps.rows.ofStream(stream) }
    streams.delete(stream)
    streams.set(stream, asked)
    const [oldest] = streams.keys()
    if (streams.size > MOST_STREAMS && oldest !== undefined) streams.delete(oldest)
    asked.rows.catch(() => streams.get(stream) === asked && streams.delete(stream))
    return asked.rows
  }

  const file = (
    contentType: MediaFile['contentType'],
    body: MediaFile['body'] | null,
    maxAge = MEDIA_MAX_AGE_S,
  ): MediaFile | null => (body === null ? null : { contentType, maxAge, body })

  async function segment(
    row: RecordingRow,
    held: Held,
    msn: number,
  ): Promise<MediaFile | MediaElsewhere | null> {
    const waiting = deps.live(row.id)?.waiting(msn)
    if (waiting) return file('video/iso.segment', waiting)
    const piece = pieceAt(held.pieces, msn)
    if (!piece) return null
    const key = pieceKey(row.id, row.prefix, piece)
    const location = await storage.presign(key)
    return location === null ? file('video/iso.segment', await storage.get(key)) : { location }
  }

  async function read(key: string): Promise<Uint8Array> {
    const bytes = await storage.get(key)
    if (!bytes) throw new Error('a part of a recording is not in the storage')
    return bytes
  }

  const nameOf = ({ stream, prefix }: RecordingRow, rest: string) => `/hls/${stream}/${prefix}-${rest}`

  return {
    async file(stream, name) {
      const [, prefix, vod, thumbs, init, msn, thumb] = NAME.exec(name) ?? []
      if (prefix === undefined) return null
      const row = (await rowsOf(stream)).find((one) => one.prefix === prefix && one.provider === 'local')
      if (!row || row.state === 'failed') return null
      const held = await shelf.of(row)
      if (msn !== undefined) return segment(row, held, Number(msn))
      if (init !== undefined)
        return file('video/mp4', await storage.get(initKey(row.id, prefix, Number(init))))
      if (held.pieces.length === 0) return null
      if (vod !== undefined) return file('application/vnd.apple.mpegurl', held.playlist(), 0)
      if (thumbs !== undefined) return file('text/vtt', thumbnailList(prefix, held.pieces, held.thumbs), 0)
      const at = Number(thumb)
      return held.thumbs.includes(at) ? file('image/jpeg', await storage.get(thumbKey(row.id, at))) : null
    },

    async describe(row) {
      const { id, state, provider, trim, wholeMs, bytes, fault } = row
      const held = state === 'failed' ? null : await shelf.of(row)
      const poster = held && posterOf(held.pieces, held.thumbs)
      return {
        ...{ id, state, provider, trim, wholeMs, bytes, fault },
        startedAt: Math.round(held?.pieces[0]?.at ?? row.startedAt),
        durationMs: Math.round(lengthOf(held?.pieces ?? [])),
        hls: nameOf(row, 'vod.m3u8'),
        expiresAt: null,
        poster: poster === null ? null : nameOf(row, thumbName(poster)),
        thumbnails: held && held.thumbs.length > 0 ? nameOf(row, 'thumbs.vtt') : null,
        downloads: byConfig(held?.pieces ?? []).length,
      }
    },

    async fits(row, trim) {
      return (await shelf.of(row, trim)).pieces.length > 0
    },

    async movie(row, part) {
      const held = await shelf.of(row)
      const run = byConfig(held.pieces)[part - 1]
      const first = run?.[0]
      if (!run || !first) return null
      const init = await read(initKey(row.id, row.prefix, first.config))
      return createMovie(init, run, (piece: Piece) => read(pieceKey(row.id, row.prefix, piece)))
    },

    forget(id) {
      shelf.forget(id)
      streams.clear()
    },
  }
}
