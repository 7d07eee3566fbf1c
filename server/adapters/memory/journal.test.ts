import { createHandClock } from '../../test/clock.ts'
import { journalContract } from '../../test/contracts/journal.ts'
import { memoryPeople } from '../../test/memory-people.ts'
import { createSeededRandom } from '../../test/random.ts'
import type { People } from '../../app/ports.ts'
import { createMemoryJournal } from './journal.ts'
import { createMemoryStreams } from './streams.ts'
import { createTables, pair } from './tables.ts'

journalContract(() => {
  const clock = createHandClock(Date.UTC(2026, 10, 21))
  const tables = createTables()
  const known = memoryPeople()
  /** Whoever is known there is known to the tables: the journal looks names up as a database would. */
  const noted = async <T>(id: string, done: Promise<T>): Promise<T> => {
    const answer = await done
    const person = await known.find(id)
    if (person) tables.people.set(id, { ...person, passwordHash: null })
    return answer
  }
  const people: People = {
    ...known,
    createGuest: (guest) => noted(guest.id, known.createGuest(guest)),
    createAccount: (account) => noted(account.id, known.createAccount(account)),
    update: (id, change) => noted(id, known.update(id, change)),
  }
  return Promise.resolve({
    people,
    streams: createMemoryStreams(tables, clock),
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
    close: () => Promise.resolve(),
  })
})
