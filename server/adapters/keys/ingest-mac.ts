// The secret part of a stream key: derived, so that nothing that opens a stream is stored anywhere.
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { IngestMac } from '../../app/ingest-ports.ts'

const BYTES = 24

export function createIngestMac(key: KeyObject): IngestMac {
  // A key of its own: what is signed here is nothing that is signed for anything else.
  const own = createHmac('sha256', key).update('the key of stream keys').digest()
  const of = (stream: string, revision: number): string =>
    createHmac('sha256', own)
      .update(`${stream} ${revision}`)
      .digest()
      .subarray(0, BYTES)
      .toString('base64url')
  return {
    of,
    is(given, stream, revision) {
      const [mine, theirs] = [Buffer.from(of(stream, revision)), Buffer.from(given)]
      return mine.byteLength === theirs.byteLength && timingSafeEqual(mine, theirs)
    },
  }
}
