// One public message on its way: judged by the terms this node knows, and again when others are in force by now.
// Messages of one person keep their order through that (L3).
import type { Result } from '../../../shared/protocol/index.ts'
import type { Append } from '../append.ts'
import type { Change, Draft } from '../ports.ts'
import type { KnownTerms } from '../terms.ts'

/** Terms that change faster than this many tries are a refusal: the sender is told that the rules changed. */
const TRIES = 3

/** What a person has on its way in a stream. `version`: the terms all of it was judged by; null once they differ. */
type UnderWay = { version: number | null; sends: Set<Promise<unknown>> }

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
    const mine = underWay.get(key) ?? { version, sends: new Set() }
    underWay.set(key, mine)
    const same = mine.version === version
    if (!same) mine.version = null
    const sending = same ? attempt(draft) : Promise.allSettled(mine.sends).then(() => attempt(draft))
    mine.sends.add(sending)
    const over = () => {
      mine.sends.delete(sending)
      if (mine.sends.size === 0) underWay.delete(key)
    }
    sending.then(over, over)
    return sending
  }
}
