// Who looks like whom, over the people in memory: for tests of the web side alone.
import type { Tables } from '../adapters/memory/tables.ts'
import { skeleton } from '../domain/confusable.ts'
import type { Names } from '../app/moderation-ports.ts'

export function memoryNames({ people }: Pick<Tables, 'people'>): Names {
  return {
    taken: (asked, except) =>
      Promise.resolve(
        [...people.values()].some(
          ({ id, canHost, name }) => canHost && id !== except && skeleton(name) === asked,
        ),
      ),
    unskeletoned: () => Promise.resolve([]),
    keep: () => Promise.resolve(),
  }
}
