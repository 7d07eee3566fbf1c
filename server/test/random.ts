// Seeded randomness: the same seed gives the same run.
import type { Random } from '../app/ports.ts'

export function createSeededRandom(seed: number) {
  let state = seed >>> 0
  /** mulberry32 */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join('')
  return {
    fraction: next,
    below: (n: number) => Math.floor(next() * n),
    token: (bytes: number) => hex(bytes * 2),
    /** Goes on as if made from this seed. */
    reseed: (from: number) => void (state = from >>> 0),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  } satisfies Random & Record<string, unknown>
}

/** The id of whoever bears this name in a test. */
export function idOf(name: string): string {
  let hash = 0
  for (const char of name) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0
  return createSeededRandom(hash).uuid()
}
