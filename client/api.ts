// Every REST call the pages make, typed by shared/api. An answer is a value: refusals come back with words to
// show, and so does silence (`offline`): no network, no server, or something on the way that is not ours.
import type {
  GuestRequest,
  Invite,
  InviteRequest,
  LinkRequest,
  Me,
  ProfileRequest,
  SignInRequest,
  SignUpRequest,
} from '../shared/api/identity.ts'
import type { PersonCard, Replay, Team } from '../shared/api/chat.ts'
import type { IngestKey, IngestStatus } from '../shared/api/ingest.ts'
import type { Simulcast, SimulcastRequest } from '../shared/api/simulcast.ts'
import type { OverlayLink, OverlayPass, OverlayState } from '../shared/api/overlay.ts'
import type { Recordings, TrimRequest } from '../shared/api/recordings.ts'
import type { BlockedTerms, TermsRequest } from '../shared/api/moderation.ts'
import type {
  CreateStreamRequest,
  DelayRequest,
  Delivery,
  EditStreamRequest,
  HomeStreams,
  IngestGrant,
  OwnStreams,
  Pass,
  StreamCard,
  StreamPage,
} from '../shared/api/streams.ts'
import type { ClosedStream, EnterRequest } from '../shared/api/gates.ts'
import type { ErrorCode } from '../shared/protocol/errors.ts'

export type Denial = {
  code: ErrorCode | 'offline'
  says: string
  field?: string
  retryAfterMs?: number
  /** What a moderator said why. */
  reason?: string
  /** Of a stream whose gate refused: all that may be known of it. */
  closed?: ClosedStream
  /** The id of a fault, to quote in a report. */
  fault?: string
}
export type Answer<T> = { ok: true; value: T } | { ok: false; denial: Denial }

export type Api = ReturnType<typeof createApi>

const TIMEOUT_MS = 15_000
/** A whole log takes longer. */
const FILE_TIMEOUT_MS = 120_000

export const AUDIT_FORMATS = ['csv', 'ndjson'] as const
export type AuditFormat = (typeof AUDIT_FORMATS)[number]
const OFFLINE: Denial = {
  code: 'offline',
  says: 'The server does not answer. Check your connection and try again.',
}

function isDenial(body: unknown): body is Denial {
  return typeof body === 'object' && body !== null && 'code' in body && 'says' in body
}

/** A blob goes out as it is, with its own type. */
const sent = (body: unknown): { headers: Record<string, string>; body: BodyInit } =>
  body instanceof Blob
    ? { headers: { 'content-type': body.type }, body }
    : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }

export function createApi(fetch: typeof globalThis.fetch) {
  async function call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    try {
      const response = await fetch(`/api${path}`, {
        method,
        credentials: 'same-origin',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : sent(body)),
      })
      const text = await response.text()
      const value: unknown = text === '' ? null : JSON.parse(text)
      if (response.ok) return { ok: true, value: value as T }
      return { ok: false, denial: isDenial(value) ? value : OFFLINE }
    } catch {
      return { ok: false, denial: OFFLINE }
    }
  }
  async function file(path: string): Promise<Answer<Blob>> {
    try {
      const response = await fetch(`/api${path}`, {
        credentials: 'same-origin',
        signal: AbortSignal.timeout(FILE_TIMEOUT_MS),
      })
      if (response.ok) return { ok: true, value: await response.blob() }
      const value: unknown = await response.json()
      return { ok: false, denial: isDenial(value) ? value : OFFLINE }
    } catch {
      return { ok: false, denial: OFFLINE }
    }
  }
  const stream = (slug: string) => `/streams/${encodeURIComponent(slug)}`
  const recording = (slug: string, id: string) => `${stream(slug)}/recordings/${encodeURIComponent(id)}`

  return {
    me: () => call<Me>('GET', '/me'),
    guest: (request: GuestRequest) => call<Me>('POST', '/guest', request),
    signUp: (request: SignUpRequest) => call<Me>('POST', '/sign-up', request),
    signIn: (request: SignInRequest) => call<Me>('POST', '/sign-in', request),
    signInByLink: (request: LinkRequest) => call<Me>('POST', '/sign-in/link', request),
    signOut: () => call<Me>('POST', '/sign-out', {}),
    signOutEverywhere: () => call<Me>('POST', '/sign-out/everywhere', {}),
    changeProfile: (request: ProfileRequest) => call<Me>('PATCH', '/me', request),
    invite: (request: InviteRequest) => call<Invite>('POST', '/invites', request),

    home: () => call<HomeStreams>('GET', '/streams'),
    own: () => call<OwnStreams>('GET', '/studio/streams'),
    stream: (slug: string) => call<StreamPage>('GET', stream(slug)),
    createStream: (request: CreateStreamRequest) => call<StreamCard>('POST', '/streams', request),
    editStream: (slug: string, request: EditStreamRequest) =>
      call<StreamCard>('PATCH', stream(slug), request),
    enter: (slug: string, request: EnterRequest) => call<null>('POST', `${stream(slug)}/enter`, request),
    pass: (slug: string) => call<Pass>('POST', `${stream(slug)}/pass`, {}),
    replay(slug: string, range: { from: number; to: number; after: number | null; pin: boolean }) {
      const { from, to, after, pin } = range
      const query = `from=${from}&to=${to}${after === null ? '' : `&after=${after}`}${pin ? '&pin=1' : ''}`
      return call<Replay>('GET', `${stream(slug)}/replay?${query}`)
    },
    recordings: (slug: string) => call<Recordings>('GET', `${stream(slug)}/recordings`),
    trimRecording: (slug: string, id: string, trim: TrimRequest['trim']) =>
      call<unknown>('PATCH', recording(slug, id), { trim } satisfies TrimRequest),
    deleteRecording: (slug: string, id: string) => call<null>('DELETE', recording(slug, id)),
    /** An address for the browser to save; `part` from 1. */
    recordingFile: (slug: string, id: string, part: number) =>
      `/api${recording(slug, id)}/download.mp4?part=${part}`,
    thumbnail: (slug: string, jpeg: Blob) => call<null>('PUT', `${stream(slug)}/thumbnail`, jpeg),
    person: (slug: string, id: string) =>
      call<PersonCard>('GET', `${stream(slug)}/people/${encodeURIComponent(id)}`),
    team: (slug: string) => call<Team>('GET', `${stream(slug)}/team`),
    audit: (slug: string, format: AuditFormat) => file(`${stream(slug)}/export/audit?format=${format}`),
    terms: () => call<BlockedTerms>('GET', '/studio/terms'),
    saveTerms: (request: TermsRequest) => call<BlockedTerms>('PUT', '/studio/terms', request),
    endStream: (slug: string) => call<StreamCard>('POST', `${stream(slug)}/end`, {}),
    overlay: (slug: string) => call<OverlayState>('GET', `${stream(slug)}/overlay-key`),
    makeOverlay: (slug: string) => call<OverlayLink>('POST', `${stream(slug)}/overlay-key`, {}),
    removeOverlay: (slug: string) => call<OverlayState>('DELETE', `${stream(slug)}/overlay-key`),
    overlayPass: (slug: string, key: string) =>
      call<OverlayPass>('POST', `${stream(slug)}/overlay-pass`, { key }),
    ingestKey: (slug: string) => call<IngestKey>('GET', `${stream(slug)}/ingest-key`),
    resetIngestKey: (slug: string) => call<IngestKey>('POST', `${stream(slug)}/ingest-key/reset`, {}),
    ingestStatus: (slug: string) => call<IngestStatus>('GET', `${stream(slug)}/ingest`),
    delay: (slug: string, request: DelayRequest) => call<null>('POST', `${stream(slug)}/delay`, request),
    delivery: (slug: string) => call<Delivery>('GET', `${stream(slug)}/delivery`),
    simulcast: (slug: string) => call<Simulcast>('GET', `${stream(slug)}/simulcast`),
    addTarget: (slug: string, request: SimulcastRequest) =>
      call<Simulcast>('POST', `${stream(slug)}/simulcast`, request),
    removeTarget: (slug: string, id: string) =>
      call<Simulcast>('DELETE', `${stream(slug)}/simulcast/${encodeURIComponent(id)}`),
    ingestGrant: (slug: string) => call<IngestGrant>('POST', `${stream(slug)}/ingest-grant`, {}),
  }
}
