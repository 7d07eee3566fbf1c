// Who does what when, in each scenario. The rate is one of all viewers together and does not wait for answers: a slow
// server gets as much as a fast one.
import { REACTIONS } from '../../shared/protocol/limits.ts'
import type { Clock } from './clock.ts'
import type { Plan } from './lines.ts'
import type { Marks } from './marks.ts'
import type { Meter } from './meter.ts'
import type { Viewer } from './viewer.ts'

export type World = {
  plan: Plan
  clock: Clock
  marks: Marks
  meter: Meter
  viewers: readonly Viewer[]
  host: Viewer | null
}
/** Does one thing; `nth` counts them. */
type Act = (nth: number) => void

/** A person says about one line a second at most; reactions come five times as fast. */
const LINES_PER_TALKER = 0.8
const REACTIONS_PER_PERSON = 3
/** The host answers every so manieth private message. */
const ANSWERS = 4

/** How many viewers of each virtual user talk, so that nobody has to be faster than people are. */
export const talkersPerVu = ({ rate, vus }: Plan): number =>
  Math.max(1, Math.ceil(rate / vus / LINES_PER_TALKER))

/** What one virtual user does, and how often per second. */
export function actsOf(world: World): { act: Act; perSecond: number }[] {
  const { plan } = world
  const each = plan.rate / plan.vus
  switch (plan.scenario) {
    case 'chat':
    case 'soak':
    case 'go-live':
    case 'reconnect-storm':
      return [{ act: says(world), perSecond: each }]
    case 'private':
      return [
        { act: says(world), perSecond: each / 2 },
        { act: whispers(world), perSecond: each / 2 },
      ]
    case 'reactions':
      return [
        { act: reacts(world), perSecond: each },
        { act: says(world), perSecond: Math.min(1, plan.rate) / plan.vus },
      ]
  }
}

function says({ plan, viewers, marks, clock, meter }: World): Act {
  const talkers = viewers.slice(0, talkersPerVu(plan))
  return (nth) => {
    const who = talkers[nth % talkers.length]
    who?.ask({ t: 'say', text: marks.text('p', who.seat.index, nth, clock()) }, (answer) => {
      if (answer.t === 'ok' && answer.seq !== undefined) meter.top(answer.seq)
    })
  }
}

function whispers({ viewers, host, marks, clock, meter }: World): Act {
  const known = (answer: { t: string }) => {
    if (answer.t === 'ok') meter.total.whispers++
  }
  return (nth) => {
    const who = viewers[nth % viewers.length]
    if (!who) return
    // The text of an answer names the viewer it is for: it is of that conversation.
    const text = marks.text('w', who.seat.index, nth, clock())
    if (host && nth % ANSWERS === 0) host.ask({ t: 'whisper', text, to: who.seat.principal }, known)
    else who.ask({ t: 'whisper', text }, known)
  }
}

function reacts({ plan, viewers, meter }: World): Act {
  const enough = Math.max(1, Math.ceil(plan.rate / plan.vus / REACTIONS_PER_PERSON))
  const people = viewers.slice(0, Math.max(enough, talkersPerVu(plan)))
  return (nth) => {
    const emoji = REACTIONS[nth % REACTIONS.length] ?? REACTIONS[0]
    people[nth % people.length]?.ask({ t: 'react', emoji }, (answer) => {
      if (answer.t === 'ok') meter.total.reacts++
    })
  }
}
