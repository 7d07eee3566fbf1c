// The contracts on every SQL engine that can run here.
import { afterAll, describe } from 'vitest'
import { gatesContract } from './contracts/gates.ts'
import { journalContract } from './contracts/journal.ts'
import { moderationContract } from './contracts/moderation.ts'
import { namesContract } from './contracts/names.ts'
import { peopleContract } from './contracts/people.ts'
import { rightsContract } from './contracts/rights.ts'
import { streamsContract } from './contracts/streams.ts'
import { termsContract } from './contracts/terms.ts'
import { engines } from './databases.ts'
import { createStores } from './store.ts'

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(
    `${engine.name}${engine.skip === null ? '' : ` (${engine.skip})`}`,
    () => {
      const { make, close } = createStores(engine)
      afterAll(close)
      peopleContract(make)
      namesContract(make)
      termsContract(make)
      streamsContract(make)
      journalContract(make)
      rightsContract(make)
      gatesContract(make)
      moderationContract(make)
    },
  )
