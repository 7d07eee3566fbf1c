// What can happen around a gate, as data: the steps that everybody may know of, and those that only some may.
import fc from 'fast-check'
import type { GateKind } from '../../../shared/api/gates.ts'

export const SHUT = ['passphrase', 'invite', 'accounts', 'members'] as const satisfies GateKind[]
/** Who listens: nobody, a guest, an account, a moderator, the host of another stream, a banned one, an overlay. */
export const WITNESSES = ['AN', 'G', 'V', 'M', 'OH', 'BN', 'OV'] as const
export type Witnessing = (typeof WITNESSES)[number]

/** Things that are done in sight. `gate`: the host sets one. `enter`: a witness gives what the gate asks for.
 * `guess`: what it does not. */
export type OpenStep =
  | { what: 'gate'; gate: (typeof SHUT)[number] }
  | { what: 'guess' | 'probe' | 'return'; who: Witnessing }
  | SeenStep
/** Only where those are compared whom it does not keep out. */
type SeenStep = { what: 'enter'; who: 'G' | 'V' | 'OH' } | { what: 'say'; who: 'G' | 'V' | 'M'; text: string }
/** Done by cora and cleo, whom nobody watches. None of it is seen inside. */
export type TryStep = { what: 'wrong' | 'enter' | 'look'; who: 'cora' | 'cleo'; times: number }
/** Done inside, by them and by the house: none of it is seen from outside. */
export type InnerStep =
  | TryStep
  | { what: 'come' | 'leave' | 'say' | 'whisper' | 'react' | 'delete'; who: Inner; text: string }
  | { what: 'enrol' | 'ban' | 'unban' | 'pin' | 'rekey' | 'describe' | 'review'; text: string }
export type Inner = 'cora' | 'cleo' | 'mona' | 'hana'

export type Turn = { step: OpenStep; ms: number }
/** `phrase`: what the host sets where the gate is a passphrase. */
export type Secret = { phrase: string; steps: readonly (readonly InnerStep[])[] }
export const TURNS = 8

const text = fc.oneof(fc.constantFrom('hello', 'a guess'), fc.string({ minLength: 1, maxLength: 30 }))
const gate = fc.record({ what: fc.constant('gate' as const), gate: fc.constantFrom(...SHUT) })
const listening = fc.record({
  what: fc.constantFrom('guess', 'probe', 'return'),
  who: fc.constantFrom(...WITNESSES),
})
const entering = fc.record({
  what: fc.constant('enter' as const),
  who: fc.constantFrom('G', 'V', 'OH'),
})
const saying = fc.record({ what: fc.constant('say' as const), who: fc.constantFrom('G', 'V', 'M'), text })

/** Begins with a gate. */
const course = (step: fc.Arbitrary<OpenStep>): fc.Arbitrary<Turn[]> => {
  const ms = fc.constantFrom(0, 100, 5_000, 20_000)
  return fc
    .tuple(
      fc.record({ step: gate, ms }),
      fc.array(fc.record({ step, ms }), { minLength: TURNS - 1, maxLength: TURNS - 1 }),
    )
    .map(([first, rest]) => [first, ...rest])
}
export const outerCourse = course(
  fc.oneof({ weight: 1, arbitrary: gate }, { weight: 4, arbitrary: listening }),
)
export const innerCourse = course(
  fc.oneof(
    { weight: 1, arbitrary: gate },
    { weight: 3, arbitrary: listening },
    { weight: 3, arbitrary: entering },
    { weight: 3, arbitrary: saying },
  ),
)

const tried: fc.Arbitrary<TryStep> = fc.record({
  what: fc.constantFrom('wrong', 'enter', 'look'),
  who: fc.constantFrom('cora', 'cleo'),
  times: fc.integer({ min: 1, max: 12 }),
})
const inner: fc.Arbitrary<InnerStep> = fc.oneof(
  { weight: 3, arbitrary: tried },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constantFrom('come', 'say', 'say', 'whisper', 'react', 'delete', 'leave'),
      who: fc.constantFrom('cora', 'cleo', 'mona', 'hana', 'hana'),
      text,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom('enrol', 'ban', 'unban', 'pin', 'rekey', 'describe', 'review'),
      text,
    }),
  },
)
const secret = (step: fc.Arbitrary<InnerStep>): fc.Arbitrary<Secret> =>
  fc.record({
    phrase: fc.constantFrom('open sesame', 'open barley', 'nobody knows'),
    steps: fc.oneof(
      { weight: 1, arbitrary: fc.constant(Array.from({ length: TURNS }, (): InnerStep[] => [])) },
      {
        weight: 5,
        arbitrary: fc.array(fc.array(step, { maxLength: 4 }), { minLength: TURNS, maxLength: TURNS }),
      },
    ),
  })
export const innerSecret = secret(inner)
export const trySecret = secret(tried)
