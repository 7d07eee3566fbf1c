// Entries as frames of a log, each entry encoded once however many frames it is in.
import { nameOf } from '../domain/log.ts'
import type { LogKey } from '../domain/log.ts'
import type { Epoch } from '../../shared/ids.ts'
import type { Entry } from '../../shared/protocol/index.ts'
import { encoded } from './encoded.ts'

/** Larger publishes bypass the socket library's corking. Counted in UTF-16 units: a soft bound. */
const FRAME_CHARS = 16_000

/** Consecutive entries as few frames as the bound allows; none without entries. */
export function* framesOf(log: LogKey, epoch: Epoch, entries: readonly Entry[]): Generator<string> {
  const head = `{"t":"entries","log":"${nameOf(log)}","epoch":${JSON.stringify(epoch)},"entries":[`
  let body = ''
  for (const entry of entries) {
    const { json } = encoded(entry)
    if (body !== '' && body.length + json.length > FRAME_CHARS) {
      yield `${head}${body}]}`
      body = ''
    }
    body += body === '' ? json : `,${json}`
  }
  if (body !== '') yield `${head}${body}]}`
}

export const positionFrame = (log: LogKey, epoch: Epoch, seq: number): string =>
  JSON.stringify({ t: 'pos', log: nameOf(log), epoch, seq })
