// Answers that hold for a moment: many ask the same many times a second, and a right that ended must count at once. So
// nothing is kept for longer than a second, and nothing beyond the next right that ends anywhere.
import type { Clock } from './ports.ts'

const MOST_MS = 1_000
/** Beyond it a moment ends early: whoever asks for so many different things gets fresh answers. */
const MOST_KEYS = 100_000

export type Recently<T> = {
  /** Who asks while the same is being asked gets that answer. A failure is not kept. */
  ask(key: string, find: () => Promise<T>): Promise<T>
}

export function createRecently<T>(deps: {
  clock: Pick<Clock, 'now'>
  /** Left out: what is kept does not hang on rights. */
  revocations?: { listen(listener: { revoked(): void; missed(): void }): () => void }
}): Recently<T> {
  const { clock, revocations } = deps
  let since = clock.now()
  let known = new Map<string, Promise<T>>()

  function forget() {
    since = clock.now()
    known = new Map()
  }
  revocations?.listen({ revoked: forget, missed: forget })

  return {
    ask(key, find) {
      // A clock that stepped back must not lengthen the moment.
      if (Math.abs(clock.now() - since) >= MOST_MS || known.size >= MOST_KEYS) forget()
      const there = known.get(key)
      if (there) return there
      const asked = find()
      const mine = known
      mine.set(key, asked)
      asked.catch(() => mine.delete(key))
      return asked
    },
  }
}
