// Worlds whose gates leak. The test of gates has to see every one of them.
import type { Journal, Streams } from '../../app/ports.ts'
import type { WorldOptions } from './house.ts'

/** Streams whose title says this number: all that the page of a closed stream may tell is its title, its host and what
 * it asks for. */
const telling = (real: Streams, count: () => number): Streams => ({
  ...real,
  async bySlug(slug) {
    const stream = await real.bySlug(slug)
    return stream && { ...stream, title: `${stream.title} ${count()}` }
  },
})

export const OUTWARD: Record<string, () => WorldOptions> = {
  'the closed page counts what is said behind the gate': () => {
    let said = 0
    const append =
      (real: Journal): Journal['append'] =>
      (drafts) => {
        said += drafts.length
        return real.append(drafts)
      }
    return {
      journal: (real) => ({ ...real, append: append(real) }),
      streams: (real) => telling(real, () => said),
    }
  },
  'one who gets in opens the gate for everybody': () => {
    let opened = false
    return {
      streams: (real) => ({
        ...real,
        async standing(principal, stream) {
          const standing = await real.standing(principal, stream)
          opened ||= standing.role === 'viewer' && standing.refused === null && !standing.banned
          return opened ? { ...standing, refused: null } : standing
        },
      }),
    }
  },
  'the closed page tells which passphrase there is': () => {
    let length = 0
    return {
      streams: (real) => ({
        ...telling(real, () => length),
        edit(by, stream, change) {
          length = change.gate?.hash?.length ?? 0
          return real.edit(by, stream, change)
        },
      }),
    }
  },
}

export const INWARD: Record<string, () => WorldOptions> = {
  'the page counts who stands before the gate': () => {
    const seen = new Set<string>()
    return {
      streams: (real) => ({
        ...telling(real, () => seen.size),
        standing(principal, stream) {
          seen.add(principal)
          return real.standing(principal, stream)
        },
      }),
    }
  },
}
