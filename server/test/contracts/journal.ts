// The contract of a journal: appending, acting, reading.
import { actsContract } from './acts.ts'
import { appendContract } from './append.ts'
import { movedContract } from './moved.ts'
import { readingContract } from './reading.ts'
import type { MakeWorld } from './world.ts'

export function journalContract(make: MakeWorld): void {
  appendContract(make)
  actsContract(make)
  readingContract(make)
  movedContract(make)
}
