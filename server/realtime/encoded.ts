// Entries as JSON, each encoded once: a room that comes back together asks for the same few hundred entries
// thousands of times. Kept as long as the entry itself; a deleted text makes a new entry, and its old JSON goes
// with the old one (L6).
import type { Entry, Welcome } from '../../shared/protocol/index.ts'
import { utf8Bytes } from '../domain/text.ts'

type Encoded = { json: string; bytes: number }

const kept = new WeakMap<Entry, Encoded>()

/** The JSON of an entry and its length in UTF-8. */
export function encoded(entry: Entry): Encoded {
  const known = kept.get(entry)
  if (known) return known
  const json = JSON.stringify(entry)
  const fresh = { json, bytes: utf8Bytes(json) }
  kept.set(entry, fresh)
  return fresh
}

/** What these entries are as a JSON array, in bytes of UTF-8. */
export function bytesOf(entries: readonly Entry[]): number {
  let bytes = 2 + Math.max(0, entries.length - 1)
  for (const entry of entries) bytes += encoded(entry).bytes
  return bytes
}

/** The frame, byte for byte as JSON.stringify makes it of `{ t, logs, ... }`. */
export function encodeWelcome({ t, logs, ...rest }: Welcome): string {
  const each = logs.map(({ entries, ...log }) => {
    const list = entries.map((entry) => encoded(entry).json).join(',')
    return `${JSON.stringify(log).slice(0, -1)},"entries":[${list}]}`
  })
  return `{"t":"${t}","logs":[${each.join(',')}],${JSON.stringify(rest).slice(1)}`
}
