// Entries as they go over the wire, each encoded once: a room that comes back together asks for the same few hundred
// entries thousands of times. Kept as long as the entry itself; a deleted text makes a new entry, and its old bytes go
// with the old one (L6). A welcome is bytes and not text: one letter beyond Latin anywhere in a string makes the library
// write all of it at a fifth of the speed.
import type { Entry, LogWelcome, Welcome } from '../../shared/protocol/index.ts'
import { utf8Bytes } from '../domain/text.ts'

type Encoded = { json: string; bytes: number; utf8?: Uint8Array }

const kept = new WeakMap<Entry, Encoded>()
const text = new TextEncoder()

/** The JSON of an entry and its length in UTF-8. */
export function encoded(entry: Entry): Encoded {
  const known = kept.get(entry)
  if (known) return known
  const json = JSON.stringify(entry)
  const fresh = { json, bytes: utf8Bytes(json) }
  kept.set(entry, fresh)
  return fresh
}

function utf8Of(entry: Entry): Uint8Array {
  const known = encoded(entry)
  return (known.utf8 ??= text.encode(known.json))
}

/** What these entries are as a JSON array, in bytes of UTF-8. */
export function bytesOf(entries: readonly Entry[]): number {
  let bytes = 2 + Math.max(0, entries.length - 1)
  for (const entry of entries) bytes += encoded(entry).bytes
  return bytes
}

/** Most welcomes fit: they are made in one place, one after the other. */
const COMMON_BYTES = 64 * 1_024
const common = new Uint8Array(COMMON_BYTES)
const COMMA = 44

/** The frame, byte for byte as JSON.stringify makes it of `{ t, logs, ...rest }`, the entries of a log last. Good until
 * the next call. */
export function encodeWelcome({ t, logs, ...rest }: Welcome): Uint8Array {
  const heads = logs.map((log, i) => `${i === 0 ? `{"t":"${t}","logs":[` : ']},'}${headOf(log)}`)
  const end = `]}],${JSON.stringify(rest).slice(1)}`
  // A UTF-16 unit is three bytes of UTF-8 at most.
  const most = [...heads, end].reduce((sum, { length }) => sum + 3 * length, 0)
  const size = logs.reduce((sum, { entries }) => sum + bytesOf(entries), most)
  const frame = size > COMMON_BYTES ? new Uint8Array(size) : common
  let at = 0
  const write = (part: string) => void (at += text.encodeInto(part, frame.subarray(at)).written)
  logs.forEach(({ entries }, i) => {
    write(heads[i] ?? '')
    entries.forEach((entry, nr) => {
      if (nr > 0) frame[at++] = COMMA
      const bytes = utf8Of(entry)
      frame.set(bytes, at)
      at += bytes.byteLength
    })
  })
  write(end)
  return frame.subarray(0, at)
}

/** All of it but its entries, which come behind. */
const headOf = (log: LogWelcome) =>
  `${JSON.stringify({ ...log, entries: undefined }).slice(0, -1)},"entries":[`
