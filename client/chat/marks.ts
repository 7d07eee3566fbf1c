// How far private threads were read, on this device: per stream and person.
import type { PrincipalId } from '../../shared/ids.ts'
import type { Shelf } from './surroundings.ts'
import type { ReadMarks } from './threads.ts'

export function createMarks({ shelf, slug }: { shelf: Shelf; slug: string }) {
  const keyOf = (person: PrincipalId) => `stagedoor:read:${slug}:${person}`

  function load(person: PrincipalId): ReadMarks {
    try {
      const value: unknown = JSON.parse(shelf.get(keyOf(person)) ?? '{}')
      if (typeof value !== 'object' || value === null) return {}
      return Object.fromEntries(
        Object.entries(value).filter((mark): mark is [string, number] => typeof mark[1] === 'number'),
      )
    } catch {
      return {}
    }
  }

  return {
    load,
    /** Marks only move forward, also when another tab was ahead. */
    put(person: PrincipalId, viewer: PrincipalId, seq: number): ReadMarks {
      const before = load(person)
      const marks = { ...before, [viewer]: Math.max(seq, before[viewer] ?? 0) }
      shelf.set(keyOf(person), JSON.stringify(marks))
      return marks
    },
  }
}
