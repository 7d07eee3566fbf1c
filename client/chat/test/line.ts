// A connection to a stage, with all it tells written down.
import { expect } from 'vitest'
import type { Entry } from '../../../shared/protocol/events.ts'
import { createPassSource } from '../../pass.ts'
import { createConnection } from '../connection.ts'
import type { Status } from '../status.ts'
import { handClock, handRandom, handSignals } from './hand.ts'
import { createStage } from './stage.ts'

export function world(fraction?: () => number) {
  const clock = handClock()
  const signals = handSignals()
  const stage = createStage({ now: () => clock.now() })
  const statuses: Status[] = []
  const seen: number[] = []
  const replies: string[] = []
  const connection = createConnection({
    open: () => stage.open(),
    passes: createPassSource(
      () => stage.askForPass(),
      () => clock.now(),
    ),
    clock,
    random: handRandom(fraction),
    signals,
    onStatus: (status) => statuses.push(status),
    onWelcome: ({ logs }) => {
      const room = logs.find(({ log }) => log === 'room')
      if (room && !room.recovered) seen.length = 0
      seen.push(...(room?.entries.map(({ seq }) => seq) ?? []))
    },
    onEntries: (log, entries) => {
      if (log === 'room') seen.push(...entries.map(({ seq }) => seq))
    },
    onSnapshot: () => undefined,
    onPulse: () => undefined,
    onReply: (reply) => replies.push(reply.t),
  })
  const at = () => statuses.at(-1)?.at
  const heard = (t: string) => stage.heard.filter((command) => command.t === t)
  const commit = (count: number): Entry[] =>
    Array.from({ length: count }, () => stage.commit('room', stage.said('hi')))
  return { clock, signals, stage, connection, statuses, seen, replies, at, heard, commit }
}

/** Let in already. */
export async function joined(fraction?: () => number) {
  const made = world(fraction)
  made.connection.start()
  await made.clock.advance(0)
  expect(made.at()).toBe('connected')
  return made
}
