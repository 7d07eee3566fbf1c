// Stream keys: their host sees and resets them, and encoders are let in by them. A key is the id of its stream, a
// dash, and a secret that follows from the id and a revision.
import * as v from 'valibot'
import type { IngestKey, IngestStatus } from '../../shared/api/ingest.ts'
import { uuid, type StreamId } from '../../shared/ids.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import type { IngestMac, IngestRevisions } from './ingest-ports.ts'
import type { Limiter } from './limiter.ts'
import type { Bus, Stream, Streams } from './ports.ts'
import type { Who } from './sessions.ts'
import type { IngestKeys, PublisherFacts, Refusals } from './video-ports.ts'

const UUID_CHARS = 36
const WRONG_KEY = 'The stream key is wrong. Copy it from the studio.'

export type IngestCases = ReturnType<typeof createIngestCases>

/** Where encoders call. `host`: as the studio was reached, for servers without a public address. */
export type IngestDoor = {
  servers(host: string | null): IngestKey['servers']
  /** Why nobody can call, in words; null when they can. */
  trouble(): string | null
}

export function createIngestKeys(deps: {
  revisions: IngestRevisions
  mac: IngestMac
  /** By address. */
  limit: Limiter
}): IngestKeys {
  const { revisions, mac, limit } = deps
  const streamOf = (key: string): StreamId | null => {
    const id = key.slice(0, UUID_CHARS).toLowerCase()
    return v.is(uuid, id) && key[UUID_CHARS] === '-' ? id : null
  }
  return {
    streamOf,
    async check(key, address) {
      if (!limit.take(address).ok) return { ok: false, says: 'Too many attempts. Wait a minute.' }
      const stream = streamOf(key)
      const found = stream && (await revisions.of(stream))
      if (!stream || !found || !mac.is(key.slice(UUID_CHARS + 1), stream, found.revision))
        return { ok: false, says: WRONG_KEY }
      // Only now: whoever guesses learns nothing about the stream.
      if (found.state === 'ended') return { ok: false, says: 'This stream is over. Create another one.' }
      return { ok: true, stream }
    },
  }
}

export function createIngestCases(deps: {
  streams: Pick<Streams, 'bySlug'>
  revisions: IngestRevisions
  mac: IngestMac
  bus: Pick<Bus, 'publish'>
  door: IngestDoor
  refusals: Pick<Refusals, 'newest'>
  publishing(stream: StreamId): PublisherFacts | null
  /** By person. */
  limit: Limiter
}) {
  const { streams, revisions, mac, bus, door, refusals, limit } = deps

  function keyOf(stream: Stream, revision: number, host: string | null): IngestKey {
    const trouble = door.trouble()
    return {
      servers: door.servers(host),
      key: `${stream.id}-${mac.of(stream.id, revision)}`,
      available: trouble === null,
      says: trouble,
    }
  }

  return {
    async key(who: Who, slug: string, host: string | null): Promise<Result<IngestKey>> {
      const stream = await streams.bySlug(slug)
      if (!stream) return deny('not_found')
      const revision = await revisions.ownedBy(who.principal.id, stream.id)
      return revision.ok ? ok(keyOf(stream, revision.value, host)) : revision
    },

    async reset(who: Who, slug: string, host: string | null): Promise<Result<IngestKey>> {
      const allowed = limit.take(who.principal.id)
      if (!allowed.ok) return allowed
      const stream = await streams.bySlug(slug)
      if (!stream) return deny('not_found')
      const revision = await revisions.reset(who.principal.id, stream.id)
      if (!revision.ok) return revision
      // Nodes look at once instead of at their next poll.
      bus.publish({ type: 'revoked' })
      return ok(keyOf(stream, revision.value, host))
    },

    async status(who: Who, slug: string): Promise<Result<IngestStatus>> {
      const stream = await streams.bySlug(slug)
      if (stream?.host.id !== who.principal.id) return deny('not_found')
      return ok({ publisher: deps.publishing(stream.id), refusals: refusals.newest(stream.id) })
    },
  }
}
