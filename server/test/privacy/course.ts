// What can happen in a show, as data: the steps that everybody may know of, and those between bob and the host.
import fc from 'fast-check'
import { CAST } from './house.ts'
import type { Name } from './house.ts'

const SPEAKERS = [...Object.values(CAST).filter((name) => name !== 'boris'), 'bob'] as Name[]

/** Words come from a small bowl as well, so that public and private ones are sometimes the same. */
const text = fc.oneof(
  fc.constantFrom('hello', 'spam spam', 'https://example.org', 'x'.repeat(500)),
  fc.string({ minLength: 1, maxLength: 40 }),
)

export type PublicStep = { who: Name; what: PublicWhat; text: string }
const PUBLIC = [
  ...['say', 'say', 'reply', 'delete', 'react', 'whisper', 'answer', 'pin', 'unpin', 'slow'],
  ...['probe', 'return', 'stay'],
] as const
export type PublicWhat = (typeof PUBLIC)[number]

export type SecretStep = { what: SecretWhat; text: string }
const SECRET = [
  ...['write', 'write', 'reply', 'delete', 'answer', 'answer', 'deleteAnswer'],
  ...['flood', 'garbage', 'read', 'return', 'export'],
] as const
export type SecretWhat = (typeof SECRET)[number]

/** One turn: the secret steps, the public one, whether the secret ones are still on their way when it comes, and how
 * much time passes. */
export type PublicTurn = { step: PublicStep; rush: boolean; ms: number }

export const TURNS = 8
export const publicCourse: fc.Arbitrary<PublicTurn[]> = fc.array(
  fc.record({
    step: fc.record({ who: fc.constantFrom(...SPEAKERS), what: fc.constantFrom(...PUBLIC), text }),
    rush: fc.boolean(),
    ms: fc.constantFrom(0, 100, 5_000, 20_000),
  }),
  { minLength: TURNS, maxLength: TURNS },
)

/** For each turn of the public course; often nothing at all. */
export const secretCourse: fc.Arbitrary<SecretStep[][]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(Array.from({ length: TURNS }, (): SecretStep[] => [])) },
  {
    weight: 5,
    arbitrary: fc.array(fc.array(fc.record({ what: fc.constantFrom(...SECRET), text }), { maxLength: 3 }), {
      minLength: TURNS,
      maxLength: TURNS,
    }),
  },
)
