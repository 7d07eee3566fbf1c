// A whole chat on a stage: outbox, connection and room together, as they are used.
import type { Author, Rules } from '../../../shared/protocol/events.ts'
import { createPassSource } from '../../pass.ts'
import { createChat, type Surroundings } from '../chat.ts'
import { handClock, handRandom, handShelf, handSignals } from './hand.ts'
import { createStage, VIEWER } from './stage.ts'

/** Let in already. `enter` opens the page once more, with what this browser has kept. */
export async function chatWorld(options: { slow?: number; you?: Author; rules?: Rules } = {}) {
  const clock = handClock()
  const shelf = handShelf()
  const tab = handShelf()
  const signals = handSignals()
  const stage = createStage({ now: () => clock.now(), you: options.you ?? VIEWER })
  stage.slowSeconds = options.slow ?? 0
  if (options.rules) stage.rules = options.rules
  const on: Surroundings = { clock, random: handRandom(), shelf, tab, signals, open: () => stage.open() }
  const passes = createPassSource(
    () => stage.askForPass(),
    () => clock.now(),
  )
  const enter = async () => {
    const chat = createChat({ slug: 'show', passes, on })
    chat.start()
    await clock.advance(0)
    return chat
  }
  const chat = await enter()
  const says = () => stage.heard.filter(({ t }) => t === 'say' || t === 'whisper')
  const texts = (log: 'room' | 'thread' = 'room') =>
    (stage.logs.get(log)?.entries ?? []).map(({ event }) =>
      'message' in event ? event.message.text : event.type,
    )
  return { clock, shelf, signals, stage, chat, enter, says, texts }
}
