// Exports: the host's of a stream, as lines, and a person's own data, as one document. Both are made while they
// are sent, a page at a time and under the rights of that moment, so that neither the length of a show nor a slow
// reader costs memory.
import { RECENT_LOGIN_MS, type ExportHead } from '../../shared/api/chat.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import { AUDIT_COLUMNS, auditRow } from '../domain/audit-csv.ts'
import { csvLine } from '../domain/csv.ts'
import type { LogKey } from '../domain/log.ts'
import type { Limiter } from './limiter.ts'
import type { Clock, Journal, Stream, Streams } from './ports.ts'
import { OWN_LISTS, type Logins, type OwnData } from './reading-ports.ts'
import type { Who } from './sessions.ts'

const PAGE = 500

/** A file in the making. `chunks` is iterated once. */
export type Download = { name: string; contentType: string; chunks: AsyncIterable<string> }
export type ExportKind = ExportHead['export']
export type ExportCases = ReturnType<typeof createExportCases>

const iso = (ms: number): string => new Date(ms).toISOString()

const LOGS = { public: 'room', private: 'inbox', audit: 'backstage' } as const

export function createExportCases(deps: {
  streams: Pick<Streams, 'bySlug'>
  journal: Pick<Journal, 'latest' | 'read'>
  ownData: OwnData
  logins: Logins
  clock: Pick<Clock, 'now'>
  limit: Limiter
}) {
  const { streams, journal, ownData, logins, clock, limit } = deps

  /** Entries 1 to `seq` in pages. A log that is shorter than it was is one that is being erased. */
  async function* pages(as: string, log: LogKey, seq: number) {
    for (let from = 1; from <= seq; from += PAGE) {
      const to = Math.min(seq, from + PAGE - 1)
      const entries = await journal.read(as, log, from, to)
      if (entries.length !== to - from + 1) throw new Error('a log went away while it was exported')
      yield entries
    }
  }

  async function* lines(as: string, log: LogKey, head: ExportHead) {
    yield `${JSON.stringify(head)}\n`
    for await (const entries of pages(as, log, head.seq))
      yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
    yield `${JSON.stringify({ end: true, entries: head.seq })}\n`
  }

  async function* table(as: string, log: LogKey, seq: number) {
    yield csvLine(AUDIT_COLUMNS)
    for await (const entries of pages(as, log, seq))
      yield entries.map((entry) => csvLine(auditRow(entry, iso))).join('')
  }

  async function* document(of: string, profile: object) {
    yield `{"profile":${JSON.stringify(profile)}`
    for (const which of OWN_LISTS) {
      yield `,${JSON.stringify(which)}:[`
      let before = '\n'
      for await (const page of ownData.list(of, which)) {
        yield before + page.map((item) => JSON.stringify(item)).join(',\n')
        before = ',\n'
      }
      yield ']'
    }
    yield '}\n'
  }

  async function headOf(as: string, stream: Stream, kind: ExportKind, log: LogKey): Promise<ExportHead> {
    const { slug, title, host } = stream
    const { epoch, seq } = await journal.latest(as, log, 1)
    return { export: kind, stream: { slug, title, host }, epoch, seq, at: clock.now() }
  }

  return {
    /** For anybody but its host there is no such stream. */
    async stream(
      { principal, session }: Who,
      slug: string,
      kind: ExportKind,
      format: 'ndjson' | 'csv',
    ): Promise<Result<Download>> {
      const allowed = limit.take(principal.id)
      if (!allowed.ok) return allowed
      const stream = await streams.bySlug(slug)
      if (stream?.host.id !== principal.id) return deny('not_found')
      if (!(await logins.isRecent(session, RECENT_LOGIN_MS))) return deny('recent_login')
      const log: LogKey = { kind: LOGS[kind], stream: stream.id }
      // Before the first byte: a database that is away is still a refusal with a code.
      const head = await headOf(principal.id, stream, kind, log)
      const name = `${slug}-${kind}.${format}`
      if (format === 'csv') {
        const chunks = table(principal.id, log, head.seq)
        return ok({ name, contentType: 'text/csv; charset=utf-8', chunks })
      }
      const chunks = lines(principal.id, log, head)
      return ok({ name, contentType: 'application/x-ndjson; charset=utf-8', chunks })
    },

    async mine({ principal: { id } }: Who): Promise<Result<Download>> {
      const allowed = limit.take(id)
      if (!allowed.ok) return allowed
      const profile = await ownData.profile(id)
      if (!profile) return deny('not_found')
      return ok({ name: 'my-data.json', contentType: 'application/json', chunks: document(id, profile) })
    },
  }
}
