// What a recording is made of: its segments in order, by what the names of their objects say, and which of them play.
// The names are all there is: whatever happened to the process that wrote them, a listing is the recording. Pure.
import type { Recording } from '../../../shared/api/recordings.ts'

/** `config`: the number of the first take with the same init segment. `at`: Unix milliseconds of the first picture. */
export type Piece = {
  msn: number
  take: number
  config: number
  at: number
  ms: number
  independent: boolean
  bytes: number
}
export type Trim = Recording['trim']

export const UNTRIMMED: Trim = { startMs: 0, endMs: null }

export const initKey = (id: string, prefix: string, config: number) => `${id}/${prefix}-init${config}.mp4`
export const reelKey = (id: string) => `${id}/reel.json`
export const thumbFolder = (id: string) => `${id}/thumbs/`
export const thumbKey = (id: string, at: number) => `${thumbFolder(id)}${at}.jpg`

export function pieceKey(id: string, prefix: string, piece: Piece): string {
  const { msn, take, config, at, ms, independent, bytes } = piece
  const facts = [msn, take, config, Math.round(at), Math.round(ms * 1000), independent ? 1 : 0, bytes]
  return `${id}/${prefix}-${facts.join('.')}.m4s`
}

const PIECE = /-(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,15})\.(\d{1,9})\.([01])\.(\d{1,9})\.m4s$/

/** Null for what is no segment, and for one that is not all there: a machine that lost power may have a name for
 * bytes that it never wrote. */
export function pieceOf({ key, bytes }: { key: string; bytes: number }): Piece | null {
  const [, msn, take, config, at, us, independent, size] = PIECE.exec(key) ?? []
  if (msn === undefined || Number(size) !== bytes) return null
  return {
    msn: Number(msn),
    take: Number(take),
    config: Number(config),
    at: Number(at),
    ms: Number(us) / 1000,
    independent: independent === '1',
    bytes,
  }
}

/** The segments of a listing, in order. */
export const piecesOf = (objects: readonly { key: string; bytes: number }[]): Piece[] =>
  objects.flatMap((object) => pieceOf(object) ?? []).sort((a, b) => a.msn - b.msn)

/** As one object, so that a whole recording need not be listed to be read. */
export function writeReel(pieces: readonly Piece[]): string {
  const rows = pieces.map(({ msn, take, config, at, ms, independent, bytes }) =>
    [msn, take, config, Math.round(at), Math.round(ms * 1000), independent ? 1 : 0, bytes].join(),
  )
  return `{"v":1,"pieces":[${rows.map((row) => `[${row}]`).join()}]}`
}

/** Null for what was not written by `writeReel`. */
export function readReel(text: string): Piece[] | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const { v, pieces } = (value ?? {}) as { v?: unknown; pieces?: unknown }
  if (v !== 1 || !Array.isArray(pieces)) return null
  const read: Piece[] = []
  for (const row of pieces as unknown[]) {
    if (!Array.isArray(row) || row.length !== 7 || !row.every(Number.isSafeInteger)) return null
    const [msn, take, config, at, us, independent, bytes] = row as [
      ...[number, number, number, number, number, number, number],
    ]
    read.push({ msn, take, config, at, ms: us / 1000, independent: independent === 1, bytes })
  }
  return read
}

export const lengthOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { ms }) => sum + ms, 0)
export const bytesOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { bytes }) => sum + bytes, 0)

/** Places come rounded to milliseconds. */
const SLACK_MS = 1

/** Whole segments, and none of which anything was cut off: what a host cuts is not to be seen, so a cut moves to the
 * next place where playing can start, or to the last end of a segment before it. */
export function playing(pieces: readonly Piece[], { startMs, endMs }: Trim): readonly Piece[] {
  if (startMs === 0 && endMs === null) return pieces
  const kept: Piece[] = []
  let from = 0
  for (const piece of pieces) {
    const to = from + piece.ms
    const begun = kept.length > 0 || startMs === 0 || (piece.independent && from >= startMs - SLACK_MS)
    if (begun && (endMs === null || to <= endMs + SLACK_MS)) kept.push(piece)
    from = to
  }
  return kept
}

/** Whether something is missing, or another take begins, between two segments that follow each other. */
export const breaks = (before: Piece, piece: Piece) =>
  before.msn + 1 !== piece.msn || before.take !== piece.take

/** Stretches that one decoder set-up plays from end to end. */
export function byConfig(pieces: readonly Piece[]): Piece[][] {
  const runs: Piece[][] = []
  for (const piece of pieces) {
    const run = runs.at(-1)
    if (run?.[0]?.config === piece.config) run.push(piece)
    else runs.push([piece])
  }
  return runs
}

/** The segment of this number, among those in order. */
export function pieceAt(pieces: readonly Piece[], msn: number): Piece | undefined {
  let [low, high] = [0, pieces.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const piece = pieces[middle]
    if (!piece || piece.msn === msn) return piece
    if (piece.msn < msn) low = middle + 1
    else high = middle - 1
  }
  return undefined
}
