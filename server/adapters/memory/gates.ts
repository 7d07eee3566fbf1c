// Gates in memory, for tests.
import type { Gates } from '../../app/gate-ports.ts'
import { pair } from './tables.ts'
import type { Tables } from './tables.ts'

export function createMemoryGates(tables: Tables): Gates {
  return {
    passphrase: (stream) =>
      Promise.resolve(
        tables.streams.get(stream)?.gate === 'passphrase' ? (tables.passphrases.get(stream) ?? null) : null,
      ),
    admit(person, stream, rev) {
      const { gate, gateRev } = tables.streams.get(stream) ?? {}
      const holds =
        (gate === 'passphrase' || gate === 'invite') && gateRev === rev && tables.people.has(person)
      if (holds) tables.entered.set(pair(stream, person), rev)
      return Promise.resolve(holds)
    },
  }
}
