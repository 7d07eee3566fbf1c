// What can happen in a show, as data: the steps that everybody may know of, and those between bob and the host.
import fc from 'fast-check'
import { CAST } from './house.ts'
import type { Name } from './house.ts'

const SPEAKERS = [...Object.values(CAST).filter((name) => name !== 'boris'), 'bob', 'bob'] as Name[]

/** Words come from a small bowl as well, so that public and private ones are sometimes the same. */
const text = fc.oneof(
  fc.constantFrom('hello', 'spam spam', 'https://example.org', 'x'.repeat(500)),
  fc.string({ minLength: 1, maxLength: 40 }),
)

export type PublicStep = { who: Name; what: PublicWhat; text: string }
const RULES = ['open', 'review', 'repeats', 'links', 'late'] as const
const TALK = ['say', 'say', 'say', 'reply', 'delete', 'react', 'whisper', 'answer'] as const
const STAGE = [
  ...['pin', 'unpin', 'slow', 'approve', 'reject', 'report', 'resolve', 'timeout', 'lift', 'wipe', 'note'],
  ...['block', 'unblock', 'ban', 'unban'],
] as const
const HEARD = ['probe', 'return', 'stay'] as const
export type PublicWhat = (typeof RULES | typeof TALK | typeof STAGE | typeof HEARD)[number]

/** Whose it is when only host and moderators can: half of it the moderator's. */
const DOES: Partial<Record<PublicWhat, Name>> = {
  ...{ answer: 'hana', slow: 'hana', block: 'hana', unblock: 'hana', open: 'hana', review: 'hana' },
  ...{ repeats: 'hana', links: 'hana', late: 'hana', approve: 'mona', reject: 'hana', timeout: 'mona' },
  ...{ lift: 'hana', wipe: 'mona', note: 'mona', resolve: 'mona', ban: 'mona', unban: 'hana' },
}

export type SecretStep = { what: SecretWhat; text: string }
const SECRET = [
  ...['write', 'write', 'reply', 'delete', 'answer', 'answer', 'deleteAnswer'],
  ...['flood', 'garbage', 'read', 'return', 'export'],
] as const
export type SecretWhat = (typeof SECRET)[number]

/** One turn: the secret steps, the public one, whether the secret ones are still on their way when it comes, and how
 * much time passes. */
export type PublicTurn = { step: PublicStep; rush: boolean; ms: number }

export const TURNS = 10
const turn = (what: fc.Arbitrary<PublicWhat>): fc.Arbitrary<PublicTurn> =>
  fc.record({
    step: fc
      .record({ who: fc.constantFrom(...SPEAKERS), what, text })
      .map((step) => ({ ...step, who: DOES[step.what] ?? step.who })),
    rush: fc.boolean(),
    ms: fc.constantFrom(0, 100, 5_000, 20_000),
  })
/** Rules first, so that something is held, repeated or late in most of them. */
export const publicCourse: fc.Arbitrary<PublicTurn[]> = fc
  .tuple(
    turn(fc.constantFrom(...RULES)),
    fc.array(
      turn(
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...TALK) },
          { weight: 4, arbitrary: fc.constantFrom(...STAGE) },
          { weight: 2, arbitrary: fc.constantFrom(...HEARD) },
          { weight: 1, arbitrary: fc.constantFrom(...RULES) },
        ),
      ),
      { minLength: TURNS - 1, maxLength: TURNS - 1 },
    ),
  )
  .map(([first, rest]) => [first, ...rest])

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
