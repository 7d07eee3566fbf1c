// The recordings that are asked for, held in memory while they are: what each is made of, which of it plays, and its
// playlist as text. Bounded; what is asked for again is read again.
import type { Clock } from '../../app/ports.ts'
import type { RecordingRow } from '../../app/recording-ports.ts'
import type { Storage } from '../../app/video-ports.ts'
import type { RecordingId } from '../../../shared/ids.ts'
import { vodPlaylist } from './playlists.ts'
import { piecesOf, playing, readReel, reelKey, thumbFolder, type Piece, type Trim } from './reel.ts'

/** What plays of a recording. */
export type Held = {
  pieces: readonly Piece[]
  playlist(): string
  /** When its pictures were taken, in order. */
  thumbs: readonly number[]
}
export type Shelf = { of(row: RecordingRow, trim?: Trim): Promise<Held>; forget(id: RecordingId): void }

/** Of all recordings together: about 60 MB. Ten hours are 36,000. */
const MOST_PIECES = 300_000
const MOST_RECORDINGS = 500
/** What another process is writing, and pictures of a show that goes on, are looked for again after this. */
const FRESH_MS = 5_000

type Entry = {
  at: number
  state: RecordingRow['state']
  pieces: readonly Piece[]
  thumbs: readonly number[]
  view?: { of: string; held: Held }
}

export function createShelf(deps: {
  storage: Pick<Storage, 'get' | 'list'>
  clock: Pick<Clock, 'now'>
  /** What this node is writing. */
  live(id: RecordingId): readonly Piece[] | undefined
}): Shelf {
  const { storage, clock } = deps
  /** Least recently asked for first. */
  const entries = new Map<RecordingId, Entry>()
  const loading = new Map<RecordingId, Promise<Entry>>()

  async function load(row: RecordingRow): Promise<Entry> {
    const at = clock.now()
    const thumbs = (await storage.list(thumbFolder(row.id)))
      .flatMap(({ key }) => /\/(\d{1,15})\.jpg$/.exec(key)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
    const found = { at, state: row.state, thumbs }
    const live = deps.live(row.id)
    if (live) return { ...found, pieces: live }
    const reel = row.state === 'recording' ? null : await storage.get(reelKey(row.id))
    const whole = reel && readReel(new TextDecoder().decode(reel))
    return { ...found, pieces: whole ?? piecesOf(await storage.list(`${row.id}/`)) }
  }

  async function entryOf(row: RecordingRow): Promise<Entry> {
    const known = entries.get(row.id)
    const isFresh = row.state !== 'recording' || (known && clock.now() - known.at < FRESH_MS)
    if (known?.state === row.state && isFresh) {
      entries.delete(row.id)
      entries.set(row.id, known)
      return known
    }
    const asked = loading.get(row.id) ?? load(row).finally(() => loading.delete(row.id))
    loading.set(row.id, asked)
    const entry = await asked
    entries.delete(row.id)
    entries.set(row.id, entry)
    makeRoom()
    return entry
  }

  function makeRoom(): void {
    let total = 0
    for (const { pieces } of entries.values()) total += pieces.length
    for (const [id, { pieces }] of entries) {
      if (entries.size === 1 || (total <= MOST_PIECES && entries.size <= MOST_RECORDINGS)) return
      total -= pieces.length
      entries.delete(id)
    }
  }

  function view(row: RecordingRow, entry: Entry, trim: Trim): Held {
    const pieces = playing(entry.pieces, trim)
    const [first, last] = [pieces[0], pieces.at(-1)]
    let text: string | undefined
    return {
      pieces,
      playlist: () => (text ??= vodPlaylist(row.prefix, pieces, row.state !== 'recording')),
      thumbs: first && last ? entry.thumbs.filter((at) => at >= first.at && at < last.at + last.ms) : [],
    }
  }

  return {
    async of(row, trim = row.trim) {
      const entry = await entryOf(row)
      const of = `${trim.startMs} ${trim.endMs} ${entry.pieces.length}`
      if (entry.view?.of !== of) entry.view = { of, held: view(row, entry, trim) }
      return entry.view.held
    },
    forget: (id) => void entries.delete(id),
  }
}
