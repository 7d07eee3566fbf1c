// The commands of one connection, in order. Messages that follow each other wait for the same commit; anything else
// begins when all before it is answered. Answers leave in the order of their commands, those that are ready together.

export type Turns<Command> = {
  /** False when too many wait already: the command was not taken. */
  take(command: Command): boolean
  /** Forgets what has not begun. */
  clear(): void
}

/** `begin`: it may be open now. */
export type BegunTurns<Command> = Turns<Command> & { begin(): void }

type Deps<Command, Answer> = {
  /** Commands beyond the first, under way or waiting. */
  queue: number
  /** May begin beside others of its kind. `perform` must then reach what orders them before it first waits. */
  shares(command: Command): boolean
  /** Whether anything may begin. */
  open(): boolean
  /** May not reject: the command would never be answered. */
  perform(command: Command): Promise<Answer>
  answered(answers: readonly Answer[]): void
  /** One of the two above threw. */
  failed(error: unknown): void
}

type Turn<Answer> = { done: false } | { done: true; answer: Answer }

/** Of one connection, in one commit: nobody fills the lane alone. */
const MOST_AT_ONCE = 16

export function createTurns<Command, Answer>(deps: Deps<Command, Answer>): BegunTurns<Command> {
  const { shares } = deps
  const waiting: Command[] = []
  const underWay: Turn<Answer>[] = []
  let alone = false
  let leaving = false

  function mayBegin(command: Command): boolean {
    if (underWay.length === 0) return deps.open()
    return !alone && underWay.length < MOST_AT_ONCE && shares(command) && deps.open()
  }

  function begin() {
    for (let next = waiting[0]; next !== undefined && mayBegin(next); next = waiting[0]) {
      waiting.shift()
      start(next)
    }
  }

  function start(command: Command) {
    const turn: Turn<Answer> = { done: false }
    underWay.push(turn)
    alone = !shares(command)
    deps
      .perform(command)
      .then((answer): Promise<void> | undefined => {
        Object.assign(turn, { done: true, answer })
        // One commit answers many: behind all of them, they leave in one write.
        if (leaving) return undefined
        leaving = true
        return Promise.resolve().then(leave)
      })
      .catch(deps.failed)
  }

  function leave() {
    leaving = false
    const ready: Answer[] = []
    for (let first = underWay[0]; first?.done; first = underWay[0]) {
      ready.push(first.answer)
      underWay.shift()
    }
    try {
      if (ready.length > 0) deps.answered(ready)
    } finally {
      begin()
    }
  }

  return {
    take(command) {
      if (underWay.length + waiting.length > deps.queue) return false
      waiting.push(command)
      begin()
      return true
    },
    begin,
    clear: () => void (waiting.length = 0),
  }
}
