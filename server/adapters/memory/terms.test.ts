import { createHandClock } from '../../test/clock.ts'
import { termsContract } from '../../test/contracts/terms.ts'
import { memoryPeople } from '../../test/memory-people.ts'
import { createSeededRandom } from '../../test/random.ts'
import { createMemoryJournal } from './journal.ts'
import { createMemoryStreams } from './streams.ts'
import { createTables, pair } from './tables.ts'
import { createMemoryModeration } from './terms.ts'

termsContract(() => {
  const clock = createHandClock(Date.UTC(2026, 10, 21))
  const tables = createTables()
  return Promise.resolve({
    people: memoryPeople(tables, clock.now),
    streams: createMemoryStreams(tables, clock),
    journal: createMemoryJournal({ tables, clock, random: createSeededRandom(1) }),
    moderation: createMemoryModeration(tables),
    promote(stream: string, principal: string) {
      tables.moderators.add(pair(stream, principal))
      return Promise.resolve()
    },
    pass(ms: number) {
      clock.step(ms)
      return Promise.resolve()
    },
    ban: () => Promise.reject(new Error('nobody is banned here')),
    close: () => Promise.resolve(),
  })
})
