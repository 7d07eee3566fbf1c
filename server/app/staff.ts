// What host and moderators see of people: one person's card, and the team with those it judged. For everybody
// else, and for people the asker cannot know, there is nothing here.
import type { PersonCard, Team } from '../../shared/api/chat.ts'
import type { PrincipalId } from '../../shared/ids.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { Limiter } from './limiter.ts'
import type { Streams } from './ports.ts'
import type { Reading } from './reading-ports.ts'
import type { Who } from './sessions.ts'

export type StaffCases = ReturnType<typeof createStaffCases>

export function createStaffCases(deps: {
  streams: Pick<Streams, 'bySlug'>
  reading: Pick<Reading, 'card' | 'team'>
  limit: Limiter
}) {
  const { streams, reading, limit } = deps
  return {
    /** `person` null: what was asked is no id. It costs the asker the same as one that nobody has. */
    async card({ principal }: Who, slug: string, person: PrincipalId | null): Promise<Result<PersonCard>> {
      const allowed = limit.take(principal.id)
      if (!allowed.ok) return allowed
      const stream = await streams.bySlug(slug)
      const card = stream && person !== null ? await reading.card(principal.id, stream.id, person) : null
      return card ? ok(card) : deny('not_found')
    },

    async team({ principal }: Who, slug: string): Promise<Result<Team>> {
      const allowed = limit.take(principal.id)
      if (!allowed.ok) return allowed
      const stream = await streams.bySlug(slug)
      const team = stream ? await reading.team(principal.id, stream.id) : null
      return team ? ok(team) : deny('not_found')
    },
  }
}
