// One public message on its way: judged by the terms this node knows, and again when others are in force by now.
// Messages of one person keep their order through that (L3).
import type { Result } from '../../../shared/protocol/index.ts'
import type { Append } from '../append.ts'
import type { Change, Draft } from '../ports.ts'
import type { KnownTerms } from '../terms.ts'

/** Terms that change faster than this many tries are a refusal: the sender is told that the rules changed. */
const TRIES = 3

/** What a person has on its way in a stream. `version`: the terms all of it was judged by; null once they differ. */
type UnderWay = { version: number | null; count: number; all: Promise<unknown> }

export function createSending(deps: { append: Append; terms: KnownTerms }) {
  const { append, terms } = deps
  const underWay = new Map<string, UnderWay>()

  async function attempt(draft: Draft): Promise<Result<Change>> {
    for (let tries = 1; ; tries++) {
      const traits = terms.traitsOf(draft.stream, draft.text)
      const sent = await append.say({ ...draft, traits })
      if (sent.ok || sent.denial.code !== 'rules_changed' || tries > TRIES) return sent
      await terms.refresh(draft.stream, traits.termsVer)
    }
  }

  /** Reaches the lane before it returns, unless something of the same person was judged by other terms and is still
   * on its way: that may have to go round again, and this must not pass it. Judged by the same terms, both are refused
   * and come back in their order, because versions only grow and refreshes resolve in the order asked. */
  return function send(draft: Draft): Promise<Result<Change>> {
    const key = `${draft.stream}:${draft.sender}`
    const version = terms.version(draft.stream)
    const before = underWay.get(key)
    const same = before === undefined || before.version === version
    const sending = same ? attempt(draft) : before.all.then(() => attempt(draft))
    const mine: UnderWay = {
      version: same ? version : null,
      count: (before?.count ?? 0) + 1,
      all: Promise.allSettled([before?.all, sending]),
    }
    underWay.set(key, mine)
    return sending.finally(() => {
      const now = underWay.get(key)
      if (now && --now.count === 0) underWay.delete(key)
    })
  }
}
