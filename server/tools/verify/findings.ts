// What was looked at and what was found where it should not be.
import type { PrincipalId } from '../../../shared/ids.ts'
import type { Secrets } from './canary.ts'

export type Leak = { where: string; who: string; what: string; proof: string }
export type Findings = {
  /** Looks at one frame or answer that this person was given; null: a stranger. */
  inspect(where: string, who: Named | null, text: string): void
  /** Two answers that must be the same bytes: one about something real, one about nothing. */
  same(where: string, who: Named | null, real: string, nothing: string): void
  /** Something else that must hold for the run to prove anything. */
  must(holds: boolean, what: string): void
  leaks(): readonly Leak[]
  faults(): readonly string[]
  /** How much was looked at, by surface. */
  inspected(): ReadonlyMap<string, number>
}
export type Named = { id: PrincipalId; name: string }

const EVIDENCE_CHARS = 240

export function createFindings(secrets: Secrets): Findings {
  const leaks: Leak[] = []
  const faults: string[] = []
  const inspected = new Map<string, number>()
  const count = (where: string) => inspected.set(where, (inspected.get(where) ?? 0) + 1)

  return {
    inspect(where, who, text) {
      count(where)
      for (const { spelling, secret } of secrets.foreignIn(text, who?.id ?? null))
        leaks.push({
          where,
          who: who?.name ?? 'a stranger',
          what: `${secret?.says ?? 'a private message'}: ${spelling}`,
          proof: around(text, secret?.word ?? secret?.id ?? ''),
        })
    },
    same(where, who, real, nothing) {
      count(where)
      if (real !== nothing)
        leaks.push({
          where,
          who: who?.name ?? 'a stranger',
          what: 'what is not yours answers unlike what does not exist',
          proof: `${cut(real)}\n      against ${cut(nothing)}`,
        })
    },
    must(holds, what) {
      if (!holds) faults.push(what)
    },
    leaks: () => leaks,
    faults: () => faults,
    inspected: () => inspected,
  }
}

const cut = (text: string) => JSON.stringify(text.slice(0, EVIDENCE_CHARS))

function around(text: string, word: string): string {
  const at = Math.max(0, text.indexOf(word))
  return cut(text.slice(Math.max(0, at - EVIDENCE_CHARS / 2), at + EVIDENCE_CHARS / 2))
}
