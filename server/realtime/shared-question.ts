// Questions of many, asked together: everybody who asks while one is under way shares the next. A room that comes
// back at once costs a few statements instead of one each, and a single asker waits for nobody.

/** They go on together, in one turn: between two questions the messages of the others get theirs. */
const MOST = 100

type Asked<Q, A> = { question: Q; resolve: (answer: A) => void; reject: (reason: unknown) => void }

/** `ask` answers in the order of the questions; when it rejects, those who were in it hear why. */
export function createSharedQuestion<Q, A>(
  ask: (questions: readonly Q[]) => Promise<readonly A[]>,
): (question: Q) => Promise<A> {
  let waiting: Asked<Q, A>[] = []
  let asking = false

  async function work(): Promise<void> {
    asking = true
    while (waiting.length > 0) {
      const asked = waiting.slice(0, MOST)
      waiting = waiting.slice(MOST)
      try {
        const answers = await ask(asked.map(({ question }) => question))
        if (answers.length !== asked.length) throw new Error('a question was left without an answer')
        asked.forEach(({ resolve }, i) => resolve(answers[i] as A))
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    asking = false
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject })
      // Never rejects: every failure has gone to those who asked.
      if (!asking) work().catch(reject)
    })
}
