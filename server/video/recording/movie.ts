// Segments as one MP4 file, without encoding anything again. Every byte of the file has its place before the first is
// read, so any stretch of it can be asked for and no more than a segment is held. Gaps are closed: what follows one is
// moved in time by as much as its first and its last segment say.
import type { Movie } from '../../app/recording-ports.ts'
import { MOST_REFERENCES, segmentIndex, withDuration } from '../fmp4/index-box.ts'
import { runsOf, shift, timescalesOf } from '../fmp4/reader.ts'
import { breaks, lengthOf, type Piece } from './reel.ts'

type Shifts = ReadonlyMap<number, number>
type Placed = { piece: Piece; from: number; shifts: Shifts }

/** `pieces` share one init segment. `read` rejects for what is not there. */
export async function createMovie(
  init: Uint8Array,
  pieces: readonly Piece[],
  read: (piece: Piece) => Promise<Uint8Array>,
): Promise<Movie> {
  const timescales = timescalesOf(init)
  const [leading] = timescales
  if (!leading) throw new Error('an init segment without a track')
  const index = pieces.length <= MOST_REFERENCES ? [segmentIndex(...leading, pieces)] : []
  const head = concat([withDuration(init, lengthOf(pieces)), ...index])

  const placed: Placed[] = []
  let from = head.byteLength
  for (const { pieces: stretch, shifts } of await moved(pieces, timescales, read))
    for (const piece of stretch) {
      placed.push({ piece, from, shifts })
      from += piece.bytes
    }
  const size = from

  async function* bytes(first: number, end: number): AsyncIterable<Uint8Array> {
    if (first < head.byteLength) yield head.subarray(first, Math.min(end, head.byteLength))
    for (const { piece, from: at, shifts } of placed) {
      if (at + piece.bytes <= first) continue
      if (at >= end) return
      const segment = Uint8Array.from(await read(piece))
      if (segment.byteLength !== piece.bytes) throw new Error('a segment changed its size')
      shift(segment, shifts)
      yield segment.subarray(Math.max(0, first - at), Math.min(piece.bytes, end - at))
    }
  }

  return { size, bytes }
}

/** Stretches without a gap, each with what moves it behind the one before. All tracks of one move together, so that
 * sound and picture stay in step. */
async function moved(
  pieces: readonly Piece[],
  timescales: ReadonlyMap<number, number>,
  read: (piece: Piece) => Promise<Uint8Array>,
): Promise<{ pieces: Piece[]; shifts: Shifts }[]> {
  const out: { pieces: Piece[]; shifts: Shifts }[] = []
  const ends = new Map<number, number>()
  const stretches = unbroken(pieces)
  for (const [i, stretch] of stretches.entries()) {
    const [first, last] = [stretch[0], stretch.at(-1)]
    if (!first || !last) continue
    const starts = spanOf(await read(first), 'start')
    const ms = Math.max(
      ...[...starts].map(([track, start]) => toMs((ends.get(track) ?? 0) - start, timescales.get(track))),
    )
    // Rounded up: no track may begin before it ended.
    const shifts = new Map(
      [...timescales].map(([track, scale]) => [track, Math.ceil((ms * scale) / 1000 - 1e-6)] as const),
    )
    out.push({ pieces: stretch, shifts })
    if (i === stretches.length - 1) continue
    for (const [track, end] of spanOf(await read(last), 'end'))
      ends.set(track, end + (shifts.get(track) ?? 0))
  }
  return out
}

const toMs = (ticks: number, scale = 1) => (ticks * 1000) / scale

function unbroken(pieces: readonly Piece[]): Piece[][] {
  const stretches: Piece[][] = []
  let before: Piece | undefined
  for (const piece of pieces) {
    if (!before || breaks(before, piece)) stretches.push([piece])
    else stretches.at(-1)?.push(piece)
    before = piece
  }
  return stretches
}

/** When each track begins or ends, in its ticks. */
function spanOf(segment: Uint8Array, edge: 'start' | 'end'): Map<number, number> {
  const found = new Map<number, number>()
  for (const run of runsOf(segment)) {
    const before = found.get(run.trackId)
    const better = before === undefined || (edge === 'start' ? run.start < before : run.end > before)
    if (better) found.set(run.trackId, run[edge])
  }
  return found
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
