// What all nodes and pages of one fuzzed world share: the clock, the dice, the tables and the journal, and the
// record of what was really committed, kept beneath every fault.
import { createMemoryBus } from '../../adapters/memory/bus.ts'
import { createMemoryJournal } from '../../adapters/memory/journal.ts'
import { createMemoryOverlays } from '../../adapters/memory/overlays.ts'
import { createMemoryRights } from '../../adapters/memory/rights.ts'
import { createMemoryModeration } from '../../adapters/memory/terms.ts'
import { createMemoryStreams } from '../../adapters/memory/streams.ts'
import { createTables } from '../../adapters/memory/tables.ts'
import type { Draft, Journal, PassClaims, Stream } from '../../app/ports.ts'
import type { LogKey } from '../../domain/log.ts'
import { createHandClock } from '../clock.ts'
import { createCast } from '../cast.ts'
import { createDice, weatherOf } from './dice.ts'

export type World = ReturnType<typeof createWorld>

export function createWorld(seed: number) {
  const dice = createDice(seed)
  const weather = weatherOf(dice)
  const clock = createHandClock(Date.UTC(2026, 10, 21, 20))
  const tables = createTables()
  const memory = createMemoryJournal({ tables, clock, random: dice })
  const passes = new Map<string, PassClaims>()
  /** Every message ever committed, with the text it had. */
  const committed = new Map<string, Draft>()
  /** Message and send ids of private messages, and whose they are. */
  const secrets = new Map<string, string>()
  /** What must never happen and was seen to. */
  const wrongs: string[] = []
  /** `calm`: no new faults. `still`: and none of before is under way. */
  const state = { calm: false, still: false, databaseAway: false, busAway: false }

  const journal: Journal = {
    ...memory,
    async append(drafts) {
      const results = await memory.append(drafts)
      results.forEach((result, i) => {
        const draft = drafts[i]
        if (draft && result.ok && !result.value.dup) committed.set(draft.id, draft)
      })
      return results
    },
  }

  const cast = createCast(tables, clock)
  const { person } = cast

  return {
    seed,
    dice,
    weather,
    clock,
    tables,
    journal,
    streams: createMemoryStreams(tables, clock),
    bus: createMemoryBus(),
    rights: createMemoryRights(tables, clock),
    overlays: createMemoryOverlays(tables, clock, dice),
    tokens: {
      readPass: (pass: string) => Promise.resolve(passes.get(pass) ?? null),
      readOverlay: () => Promise.resolve(null),
    },
    moderation: createMemoryModeration(tables),
    committed,
    secrets,
    wrongs,
    state,
    ...cast,
    pass(name: string, of: Stream) {
      const pass = dice.token(8)
      const expiresAt = clock.now() + weather.passMs
      passes.set(pass, { principal: person(name), session: `session of ${name}`, stream: of.id, expiresAt })
      return { pass, expiresAt, person: { id: person(name), name, guest: true } }
    },
    /** The whole log as it is, for whoever may read it. */
    truth: (log: LogKey) => memory.read(tables.streams.get(log.stream)?.host.id ?? null, log, 1, 1e9),
  }
}
