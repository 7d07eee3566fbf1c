// Streams as their hosts and viewers meet them over REST.
import type {
  CreateStreamRequest,
  EditStreamRequest,
  HomeStreams,
  IngestGrant,
  OwnStreams,
  StreamCard,
  StreamPage,
} from '../../shared/api/streams.ts'
import type { Gate } from '../../shared/api/gates.ts'
import type { StreamId } from '../../shared/ids.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import { gateRow } from '../domain/privacy/gates.ts'
import { descriptionText, titleText } from '../domain/title.ts'
import { isReserved, numbered, slugOf } from '../domain/slug.ts'
import type { Append } from './append.ts'
import { closed, gateChange, refusedAt } from './gates.ts'
import type { NewStream, Passwords, Random, Stream, Streams } from './ports.ts'
import type { Who } from './sessions.ts'
import type { Providers } from './providers.ts'
import type { Grants } from './video-ports.ts'

/** Titles repeat; after this many numbers the host chooses an address. */
const SLUG_TRIES = 20

export type StreamCases = ReturnType<typeof createStreamCases>

export type StreamDeps = {
  streams: Streams
  act: Append['act']
  providers: Pick<Providers, 'playback' | 'prepare' | 'end'>
  /** Who carries the video of new streams. */
  provider: Stream['provider']
  grants: Grants
  random: Random
  viewersOf: (stream: StreamId) => number
  /** Nodes look at once instead of at their next poll; resolves when this one has. */
  gateChanged: () => Promise<void>
  passwords: Pick<Passwords, 'hash'>
  /** What a stream shows of its gate to its host. */
  hostsGate: (stream: Stream) => Gate
}

export function createStreamCases(deps: StreamDeps) {
  const { streams, act, providers, grants, random, viewersOf, gateChanged, passwords, hostsGate } = deps

  function card(stream: Stream): StreamCard {
    const { id, slug, title, description, host, state, startsAt, startedAt, endedAt } = stream
    const viewers = viewersOf(id)
    const gate = { kind: stream.gate }
    return { id, slug, title, description, host, state, startsAt, startedAt, endedAt, viewers, gate }
  }

  const hostsCard = (stream: Stream): StreamCard => ({ ...card(stream), gate: hostsGate(stream) })

  /** On the page of all streams, the same for everybody. */
  function listed(stream: Stream): StreamCard[] {
    switch (gateRow(stream.gate).listed) {
      case 'whole':
        return [card(stream)]
      case 'title':
        return [{ ...card(stream), description: '', viewers: 0 }]
      case 'not':
        return []
    }
  }

  async function hostedBy({ principal }: Who, slug: string): Promise<Result<Stream>> {
    const stream = await streams.bySlug(slug)
    if (!stream) return deny('not_found')
    return stream.host.id === principal.id ? ok(stream) : deny('not_allowed')
  }

  async function createAs(slug: string, stream: Omit<NewStream, 'id' | 'slug'>): Promise<Result<StreamCard>> {
    const created = await streams.create({ ...stream, slug, id: random.uuid() })
    return created.ok ? ok(hostsCard(created.value)) : created
  }

  return {
    async create(who: Who, request: CreateStreamRequest): Promise<Result<StreamCard>> {
      if (!who.principal.canHost) return deny('not_allowed')
      const title = titleText(request.title)
      if (!title.ok) return title
      const description = descriptionText(request.description ?? '')
      if (!description.ok) return description
      const gate = request.gate && (await gateChange(passwords, request.gate, null))
      if (gate && !gate.ok) return gate
      const stream = {
        title: title.value,
        description: description.value,
        host: who.principal.id,
        startsAt: request.startsAt ?? null,
        ...(gate && { gate: gate.value }),
        provider: deps.provider,
      }
      if (request.slug !== undefined) {
        if (isReserved(request.slug)) return deny('slug_taken', { field: 'slug' })
        return createAs(request.slug, stream)
      }
      const slug = slugOf(title.value)
      let created = await createAs(slug, stream)
      for (let n = 2; n <= SLUG_TRIES && !created.ok && created.denial.code === 'slug_taken'; n += 1)
        created = await createAs(numbered(slug, n), stream)
      return created
    },

    async edit(who: Who, slug: string, request: EditStreamRequest): Promise<Result<StreamCard>> {
      const hosted = await hostedBy(who, slug)
      if (!hosted.ok) return hosted
      const title = request.title === undefined ? null : titleText(request.title)
      if (title && !title.ok) return title
      const description = request.description === undefined ? null : descriptionText(request.description)
      if (description && !description.ok) return description
      const gate = request.gate && (await gateChange(passwords, request.gate, hosted.value))
      if (gate && !gate.ok) return gate
      const { startsAt } = request
      const edited = await streams.edit(who.principal.id, hosted.value.id, {
        ...(title && { title: title.value }),
        ...(description && { description: description.value }),
        ...(startsAt === undefined ? {} : { startsAt }),
        ...(gate && { gate: gate.value }),
      })
      if (!edited.ok) return edited
      if (edited.value.gateRev !== hosted.value.gateRev) await gateChanged() // P42
      return ok(hostsCard(edited.value))
    },

    async home(): Promise<HomeStreams> {
      const { live, upcoming, recent } = await streams.home()
      return {
        live: live.flatMap(listed),
        upcoming: upcoming.flatMap(listed),
        recent: recent.flatMap(listed),
      }
    },

    /** Search engines find what stands on the page of all streams with all that it says there. */
    async mayIndex(slug: string): Promise<boolean> {
      const stream = await streams.bySlug(slug)
      return stream !== null && gateRow(stream.gate).listed === 'whole'
    },

    async own({ principal }: Who): Promise<Result<OwnStreams>> {
      if (!principal.canHost) return deny('not_allowed')
      return ok({ streams: (await streams.ownedBy(principal.id)).map(hostsCard) })
    },

    async page(slug: string, who: Who | null): Promise<Result<StreamPage>> {
      const stream = await streams.bySlug(slug)
      if (!stream) return deny('not_found')
      const standing = who && (await streams.standing(who.principal.id, stream.id))
      if (standing?.banned) return deny('banned')
      const refused = refusedAt(stream, standing)
      if (refused !== null) return closed(stream, refused)
      const you = standing && { role: standing.role }
      const shown = you?.role === 'host' ? hostsCard(stream) : card(stream)
      return ok({ stream: shown, playback: await providers.playback(stream, who), you })
    },

    /** Ending what has ended is no error and no second entry. The room is told first: a publisher cut off by a
     * stream that could not be ended would come back on its own. */
    async end(who: Who, slug: string): Promise<Result<StreamCard>> {
      const hosted = await hostedBy(who, slug)
      if (!hosted.ok) return hosted
      const { id } = hosted.value
      const ended = await act(null, id, { type: 'state', state: 'ended' })
      if (!ended.ok) return ended
      providers.end(id)
      return ok(hostsCard((await streams.byId(id)) ?? hosted.value))
    },

    async ingestGrant(who: Who, slug: string): Promise<Result<IngestGrant>> {
      const hosted = await hostedBy(who, slug)
      if (!hosted.ok) return hosted
      if (hosted.value.state === 'ended') return deny('wrong_state')
      const prepared = await providers.prepare(hosted.value)
      if (!prepared.ok) return prepared
      return ok({ ...grants.issue(hosted.value.id), url: '/ingest' })
    },
  }
}
