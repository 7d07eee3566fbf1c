// REST: who may watch a stream. Its host chooses one gate; whoever does not pass is told what it asks for.
import * as v from 'valibot'
import type { PrincipalId } from '../ids.ts'

/** `unlisted`: whoever has the address. `accounts`: whoever is signed in with one. `members`: of the host. Host and
 * moderators pass every gate. */
export const GATE_KINDS = ['public', 'unlisted', 'passphrase', 'invite', 'accounts', 'members'] as const
export type GateKind = (typeof GATE_KINDS)[number]

/** In UTF-16 units, after blanks at both ends are gone. */
export const PASSPHRASE = { least: 6, most: 128 } as const

/** In POST and PATCH of a stream. `passphrase`: a new one; without it the one there stays. `reset`: what was entered
 * and linked before counts no longer. Changing the kind or the passphrase does that as well. */
export const gateRequest = v.strictObject({
  kind: v.picklist(GATE_KINDS),
  passphrase: v.optional(
    v.pipe(v.string(), v.trim(), v.minLength(PASSPHRASE.least), v.maxLength(PASSPHRASE.most)),
  ),
  reset: v.optional(v.boolean()),
})
export type GateRequest = v.InferOutput<typeof gateRequest>

/** What a stream shows of its gate. `link`: for its host alone, while the gate is an invite. */
export type Gate = { kind: GateKind; link?: string }

/** POST /api/streams/:slug/enter. Makes a nameless guest of somebody without a session. `invite`: what stands behind
 * `#invite=` in the link. Answers 204. */
export const enterRequest = v.union([
  v.strictObject({ passphrase: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(PASSPHRASE.most)) }),
  v.strictObject({ invite: v.pipe(v.string(), v.minLength(1), v.maxLength(128)) }),
])
export type EnterRequest = v.InferOutput<typeof enterRequest>

/** All that is told of a stream to somebody whom its gate keeps out: beside the code that says what it asks for. */
export type ClosedStream = {
  slug: string
  title: string
  host: { id: PrincipalId; name: string }
  gate: GateKind
}
