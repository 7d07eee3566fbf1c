// The contract of moderation, noun by noun.
import { blocksContract } from './moderation-blocks.ts'
import { deedsContract } from './moderation-deeds.ts'
import { heldContract } from './moderation-held.ts'
import { judgingContract } from './moderation-judging.ts'
import { removedContract } from './moderation-removed.ts'
import { reportsContract } from './moderation-reports.ts'
import { rulesContract } from './moderation-rules.ts'
import { timeoutsContract } from './moderation-timeouts.ts'
import type { MakeWorld } from './world.ts'

export function moderationContract(make: MakeWorld): void {
  rulesContract(make)
  heldContract(make)
  timeoutsContract(make)
  judgingContract(make)
  blocksContract(make)
  reportsContract(make)
  deedsContract(make)
  removedContract(make)
}
