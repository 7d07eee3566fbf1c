import { createHandClock } from '../../test/clock.ts'
import { gatesContract } from '../../test/contracts/gates.ts'
import { journalContract } from '../../test/contracts/journal.ts'
import { moderationContract } from '../../test/contracts/moderation.ts'
import { rightsContract } from '../../test/contracts/rights.ts'
import type { MakeWorld } from '../../test/contracts/world.ts'
import { memoryPeople } from '../../test/memory-people.ts'
import { createSeededRandom } from '../../test/random.ts'
import { createMemoryGates } from './gates.ts'
import { createMemoryJournal } from './journal.ts'
import { createMemoryRights } from './rights.ts'
import { createMemoryStreams } from './streams.ts'
import { createTables, pair } from './tables.ts'

const make: MakeWorld = () => {
  const clock = createHandClock(Date.UTC(2026, 10, 21))
  const tables = createTables()
  return Promise.resolve({
    people: memoryPeople(tables, clock.now),
    rights: createMemoryRights(tables, clock),
    streams: createMemoryStreams(tables, clock),
    gates: createMemoryGates(tables),
    journal: createMemoryJournal({ tables, clock, random: createSeededRandom(1) }),
    pass(ms) {
      clock.step(ms)
      return Promise.resolve()
    },
    ban(stream, principal, forMs) {
      tables.bans.set(pair(stream, principal), { until: forMs === null ? Infinity : clock.now() + forMs })
      return Promise.resolve()
    },
    promote(stream, principal) {
      tables.moderators.add(pair(stream, principal))
      return Promise.resolve()
    },
    terms: (host, terms) => Promise.resolve(void tables.terms.set(host, terms)),
    skeleton(principal, skeleton) {
      Object.assign(tables.people.get(principal) ?? {}, { skeleton })
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  })
}
journalContract(make)
rightsContract(make)
gatesContract(make)
moderationContract(make)
