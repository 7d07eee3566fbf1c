// What two nodes say to each other about a stream: a line of JSON, and media behind it as it is. Both ends run the
// same version and know each other's key, so what arrives is what was written here.
import type { DelaySpread } from '../../../shared/api/streams.ts'
import type { StreamId } from '../../../shared/ids.ts'
import type { Layer, VideoState } from '../../../shared/media.ts'
import type { Spread } from '../latency.ts'

/** In frames of bytes behind one another: of each, its times, whether playing can start there, and its length. */
export type ChunkLine = [at: number, ms: number, key: boolean, bytes: number]
export type PartLine = [ms: number, independent: boolean, bytes: number]
export type SegmentLine = {
  take: number
  msn: number
  discontinuity: boolean
  discontinuities: number
  at: number
  independent: boolean
  ms: number
  parts: PartLine[]
}
export type HeadLine = { number: number; epochMs: number; codecs: string }

export type EdgeSays =
  /** `have`: the show it has already, up to this segment. */
  | { t: 'pull'; stream: StreamId; have: { prefix: string; msn: number } | null }
  | { t: 'latency'; spread: Spread }
  | { t: 'taken'; stream: StreamId }
  | { t: 'delays'; stream: StreamId }
  | { t: 'redeem'; grant: string }

/** `show`, then what there is of main up to `go`, the same of low, then what follows of both. */
export type OriginSays =
  /** `now`: of the origin, whose clock the times of its media are on. */
  | { t: 'show'; prefix: string; state: VideoState; now: number; hasLow: boolean }
  | ({ t: 'head' } & HeadLine)
  | ({ t: 'segment' } & SegmentLine)
  | ({ t: 'open'; pending: ChunkLine[]; unannounced: number[] } & SegmentLine)
  | {
      t: 'go'
      msn: number
      discontinuities: number
      take: number | null
      /** What a viewer who joins is given; null while there is nothing to give. `group` null: too much of it. */
      feed: { take: number; group: ChunkLine[] | null } | null
    }
  | ({ t: 'take'; layer: Layer } & HeadLine)
  | { t: 'chunk'; layer: Layer; at: number; ms: number; key: boolean }
  | { t: 'cut'; layer: Layer; at: 'part' | 'segment' }
  /** There is no low layer any more. */
  | { t: 'low gone' }
  | { t: 'state'; state: VideoState }
  /** Nothing new, and still there. */
  | { t: 'beat' }
  /** This node has no such show, or has it no longer. */
  | { t: 'nothing' }
  | { t: 'taken'; yes: boolean }
  | { t: 'delays'; measured: DelaySpread | null }
  | { t: 'redeemed'; stream: StreamId | null }

const JSON_LENGTH_BYTES = 4
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function encode(says: EdgeSays | OriginSays, body: readonly Uint8Array[] = []): Uint8Array[] {
  const json = encoder.encode(JSON.stringify(says))
  const head = new Uint8Array(JSON_LENGTH_BYTES + json.byteLength)
  new DataView(head.buffer).setUint32(0, json.byteLength)
  head.set(json, JSON_LENGTH_BYTES)
  return [head, ...body]
}

/** Throws on what `encode` did not make. */
export function decode(bytes: Uint8Array): { says: unknown; body: Uint8Array<ArrayBuffer> } {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
  const json = decoder.decode(bytes.subarray(JSON_LENGTH_BYTES, JSON_LENGTH_BYTES + length))
  // A copy: what is kept for a minute must not hold on to a larger buffer.
  return { says: JSON.parse(json), body: new Uint8Array(bytes.subarray(JSON_LENGTH_BYTES + length)) }
}
