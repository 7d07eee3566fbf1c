// Reading the room over HTTP: history, search, replay. The same rows and rights as on the socket.
import { REPLAY_ENTRIES, REPLAY_WAITING, SEARCH } from '../../shared/api/chat.ts'
import type { History, HistoryQuery, Hits, Replay, ReplayQuery, SearchQuery } from '../../shared/api/chat.ts'
import { LIMITS, deny, ok, type Result } from '../../shared/protocol/index.ts'
import { replayed } from '../domain/replay.ts'
import { closed, refusedAt } from './gates.ts'
import type { Limiter } from './limiter.ts'
import type { Stream, Streams } from './ports.ts'
import type { Reading } from './reading-ports.ts'
import type { Who } from './sessions.ts'

/** Who asks; `address` counts for strangers alone, so that nobody's reading slows another person down. */
export type Caller = { who: Who | null; address: string }
export const keyOf = ({ who, address }: Caller): string => who?.principal.id ?? address

export type ReadingCases = ReturnType<typeof createReadingCases>

export function createReadingCases(deps: {
  streams: Pick<Streams, 'bySlug' | 'standing'>
  reading: Pick<Reading, 'history' | 'search' | 'span'>
  limits: { read: Limiter; search: Limiter }
}) {
  const { streams, reading, limits } = deps

  /** The stream as this person may watch it; viewers see public words `delaySeconds` late. */
  async function watched(
    slug: string,
    who: Who | null,
  ): Promise<Result<{ stream: Stream; delaySeconds: number }>> {
    const stream = await streams.bySlug(slug)
    if (!stream) return deny('not_found')
    const standing = who && (await streams.standing(who.principal.id, stream.id))
    if (standing?.banned) return deny('banned')
    const refused = refusedAt(stream, standing)
    if (refused !== null) return closed(stream, refused)
    const staff = standing !== null && standing.role !== 'viewer'
    return ok({ stream, delaySeconds: staff ? 0 : stream.rules.delaySeconds })
  }

  return {
    async history(caller: Caller, slug: string, query: HistoryQuery): Promise<Result<History>> {
      const allowed = limits.read.take(keyOf(caller))
      if (!allowed.ok) return allowed
      const watching = await watched(slug, caller.who)
      if (!watching.ok) return watching
      const { stream, delaySeconds } = watching.value
      const { before = null, limit = LIMITS.joinEntries } = query
      const as = caller.who?.principal.id ?? null
      const page = await reading.history(as, stream.id, { before, limit, delaySeconds })
      return page ? ok(page) : deny('not_found')
    },

    async search(who: Who, slug: string, { q, before }: SearchQuery): Promise<Result<Hits>> {
      const { id } = who.principal
      const allowed = limits.search.take(id)
      if (!allowed.ok) return allowed
      const watching = await watched(slug, who)
      if (!watching.ok) return watching
      const { stream, delaySeconds } = watching.value
      const asked = { q, before, delaySeconds, limit: SEARCH.hits }
      const found = await reading.search(id, stream.id, asked)
      if (!found.ok) return found
      const last = found.value.length === SEARCH.hits ? found.value.at(-1)?.message : undefined
      return ok({ hits: found.value, before: last ? `${last.at}.${last.id}` : null })
    },

    /** The same for everybody: a replay is a page the host may share or record. */
    async replay(caller: Caller, slug: string, query: ReplayQuery): Promise<Result<Replay>> {
      const allowed = limits.read.take(keyOf(caller))
      if (!allowed.ok) return allowed
      const watching = await watched(slug, caller.who)
      if (!watching.ok) return watching
      const { stream, delaySeconds } = watching.value
      const { startedAt, endedAt, state } = stream
      if (startedAt === null || state === 'scheduled') return deny('wrong_state')
      const { from = 0, to = null, after = 0, pin = false } = query
      if (to !== null && to < from) return deny('bad_request', { field: 'to' })
      const span = { from: startedAt + from, to: to === null ? null : startedAt + to, after }
      const { entries, more, pinned } = await reading.span(caller.who?.principal.id ?? null, stream.id, {
        ...span,
        pin,
        waiting: from === 0 ? REPLAY_WAITING : 0,
        limit: REPLAY_ENTRIES,
        delaySeconds,
      })
      return ok({
        startedAt,
        endedAt,
        entries: entries.flatMap(replayed).map((entry) => ({ ...entry, offset: entry.at - startedAt })),
        next: more ? (entries.at(-1)?.seq ?? null) : null,
        ...(pin ? { pin: pinned && pinned.text !== null ? pinned : null } : {}),
      })
    },
  }
}
