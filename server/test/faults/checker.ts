// The history checks: what clients sent and saw, held against the logs as the database has them. The log is the
// order, so every check is one pass.
import type { LogName } from '../../../shared/protocol/index.ts'
import type { ClientHistory, Seen, Send } from './history.ts'
import type { Truth, TruthEntry } from './truth.ts'

export type Judged = { history: ClientHistory; id: string; streamId: string; hostId: string }

export type Report = {
  acked: number
  lost: number
  duplicated: number
  reordered: number
  /** Frames, entries and places that are not the reader's to see, and messages nobody wrote. */
  foreign: number
  /** From the first anybody knew of an entry to the last who got it by itself, ms. */
  longestGapMs: number
  /** The same for readers whose connection held: what delivery alone took. */
  liveGapMs: number
  /** One line per violation, at most a few of each kind. */
  violations: string[]
}

const SHOWN = 5

export function check(clients: readonly Judged[], truth: Truth): Report {
  const report: Report = {
    acked: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    foreign: 0,
    longestGapMs: 0,
    liveGapMs: 0,
    violations: [],
  }
  const shown = new Map<string, number>()
  const found = (kind: 'lost' | 'duplicated' | 'reordered' | 'foreign', what: string) => {
    report[kind] += 1
    const count = (shown.get(kind) ?? 0) + 1
    shown.set(kind, count)
    if (count <= SHOWN) report.violations.push(`${kind}: ${what}`)
  }
  type Found = typeof found

  const logs = new Map<string, TruthEntry[]>()
  const sent = new Map<string, TruthEntry[]>()
  for (const entry of truth.entries) {
    push(logs, idOf(entry.log, entry.stream, entry.viewer), entry)
    if (entry.cmid !== null && isMessage(entry)) push(sent, `${entry.sender} ${entry.cmid}`, entry)
  }

  for (const [id, entries] of logs) dense(id, entries, found)
  for (const [id, entries] of logs) if (id.startsWith('room')) onePin(id, entries, found)
  const invoked = new Set<string>()
  for (const client of clients) {
    for (const send of client.history.sends) {
      invoked.add(`${client.id} ${send.cmid}`)
      if (send.outcome === 'ok') report.acked += 1
      outcome(send, client, sent.get(`${client.id} ${send.cmid}`) ?? [], found)
    }
    inOrder(client, found)
    for (const frame of client.history.foreign)
      found('foreign', `c${client.history.client}: ${frame.slice(0, 120)}`)
  }
  for (const [key, entries] of sent)
    if (!invoked.has(key)) found('foreign', `nobody wrote message ${entries[0]?.message ?? ''} (C2)`)

  const firstKnown = new Map<TruthEntry, number>()
  for (const { id, history } of clients)
    for (const { cmid, okAt } of history.sends)
      for (const entry of sent.get(`${id} ${cmid}`) ?? []) earliest(entry, okAt ?? Infinity)
  for (const client of clients) for (const log of logsOf(client)) received(client, log, found)
  for (const client of clients) for (const { entry, seen } of arrivals(client)) earliest(entry, seen.at)
  for (const client of clients)
    for (const { entry, seen } of arrivals(client)) {
      const gap = seen.at - (firstKnown.get(entry) ?? seen.at)
      if (seen.how !== 'fill') report.longestGapMs = Math.max(report.longestGapMs, gap)
      if (seen.how === 'live') report.liveGapMs = Math.max(report.liveGapMs, gap)
    }
  return report

  function logsOf({
    history,
    id,
    streamId,
  }: Judged): { name: LogName; entries: TruthEntry[]; top: number }[] {
    const names: LogName[] = history.isHost ? ['room', 'inbox'] : ['room', 'thread']
    return names.map((name) => {
      const entries = logs.get(idOf(name, streamId, name === 'thread' ? id : null)) ?? []
      return { name, entries, top: entries.at(-1)?.seq ?? 0 }
    })
  }

  function* arrivals(client: Judged): Generator<{ entry: TruthEntry; seen: Seen }> {
    const byLog = new Map(logsOf(client).map(({ name, entries }) => [name, entries]))
    for (const seen of client.history.seen) {
      const entry = byLog.get(seen.log)?.[seen.seq - 1]
      if (entry && entry.epoch === seen.epoch && seen.seq > (client.history.starts.get(seen.log) ?? 0))
        yield { entry, seen }
    }
  }

  function earliest(entry: TruthEntry, at: number): void {
    firstKnown.set(entry, Math.min(firstKnown.get(entry) ?? Infinity, at))
  }

  /** C3, C4: on each connection upwards without a hole, in all everything, and what the log says. */
  function received(client: Judged, log: { name: LogName; entries: TruthEntry[]; top: number }, find: Found) {
    const who = `c${client.history.client} ${log.name}`
    const have = new Set<number>()
    const reached = new Map<number, number>()
    for (const seen of client.history.seen) {
      if (seen.log !== log.name || ofLostHistory(client, seen, log.entries)) continue
      const entry = log.entries[seen.seq - 1]
      if (!entry) {
        find('foreign', `${who}: seq ${seen.seq} is not in the log (C2)`)
        continue
      }
      if (seen.epoch !== entry.epoch) find('foreign', `${who}: seq ${seen.seq} of another numbering (C4)`)
      have.add(seen.seq)
      if (!agrees(seen, entry)) find('foreign', `${who}: seq ${seen.seq} differs from the log (C4)`)
      if (seen.how === 'fill') continue
      const before = reached.get(seen.line)
      reached.set(seen.line, seen.seq)
      if (before === undefined || seen.seq === before + 1) continue
      if (seen.seq > before) find('lost', `${who}: ${before} then ${seen.seq} on one connection (C3)`)
      else if (seen.seq === before) find('duplicated', `${who}: ${seen.seq} twice (C3)`)
      else find('reordered', `${who}: ${seen.seq} after ${before} (C3)`)
    }
    for (let seq = (client.history.starts.get(log.name) ?? 0) + 1; seq <= log.top; seq++)
      if (!have.has(seq)) find('lost', `${who}: never got ${seq} of ${log.top} (C3)`)
  }
}

/** A node that has not looked yet may still tell of the former numbering. */
const LOOK_MS = 3_000

function ofLostHistory({ history }: Judged, seen: Seen, log: readonly TruthEntry[]): boolean {
  const { restoredAt } = history
  return restoredAt !== null && seen.epoch !== log[0]?.epoch && seen.at < restoredAt + LOOK_MS
}

const mayBeGone = ({ history }: Judged, send: Send): boolean =>
  history.restoredAt !== null && (send.okAt ?? Infinity) < history.restoredAt

/** L2: the log itself. */
function dense(
  id: string,
  entries: readonly TruthEntry[],
  found: (kind: 'lost', what: string) => void,
): void {
  entries.forEach(({ seq }, i) => {
    if (seq !== i + 1) found('lost', `${id}: entry ${i + 1} has seq ${seq}`)
  })
}

/** C7 */
function onePin(
  id: string,
  entries: readonly TruthEntry[],
  found: (kind: 'reordered', what: string) => void,
) {
  let last = 0
  for (const { kind, ver } of entries) {
    if ((kind !== 'pinned' && kind !== 'unpinned') || ver === null) continue
    if (ver <= last) found('reordered', `${id}: pin version ${ver} after ${last} (C7)`)
    last = ver
  }
}

/** C1, C8: acknowledged exactly once, everything else at most once; in each log of its audience. */
function outcome(
  send: Send,
  client: Judged,
  entries: readonly TruthEntry[],
  found: (kind: 'lost' | 'duplicated' | 'foreign', what: string) => void,
): void {
  const what = `c${client.history.client} ${send.lane} "${send.text}"`
  const logs: LogName[] = send.lane === 'public' ? ['room'] : ['thread', 'inbox']
  for (const log of logs) {
    const times = entries.filter((entry) => entry.log === log).length
    if (times > 1) found('duplicated', `${what} is ${times} times in ${log} (C1)`)
    if (times === 0 && !mayBeGone(client, send) && (send.outcome === 'ok' || entries.length > 0))
      found('lost', `${what} is not in ${log} (C1)`)
  }
  if (send.outcome === 'refused' && entries.length > 0) found('foreign', `${what} was refused and is there`)
  for (const entry of entries)
    if (!logs.includes(entry.log) || entry.stream !== client.streamId)
      found('foreign', `${what} is in ${entry.log} of ${entry.stream} (C6)`)
}

/** C5 */
function inOrder(client: Judged, found: (kind: 'reordered', what: string) => void): void {
  const { history } = client
  for (const lane of ['public', 'private'] as const) {
    let last: Send | undefined
    for (const send of history.sends) {
      if (mayBeGone(client, send)) continue
      if (send.lane !== lane || send.outcome !== 'ok' || send.seq === undefined) continue
      if (last?.seq !== undefined && send.seq <= last.seq)
        found('reordered', `c${history.client}: "${send.text}" at ${send.seq} after ${last.seq} (C5)`)
      last = send
    }
  }
}

/** Pins and deletes point at a message too. */
const isMessage = ({ kind }: TruthEntry): boolean => kind === 'said' || kind === 'whispered'

/** A text the log no longer has may have been read while it was there. */
function agrees(seen: Seen, entry: TruthEntry): boolean {
  if (!isMessage(entry)) return seen.what.startsWith(entry.kind)
  const tombstone = `message ${entry.message ?? ''}`
  return seen.what === tombstone || entry.text === null || seen.what === `${tombstone} ${entry.text}`
}

const idOf = (log: string, stream: string, viewer: string | null): string =>
  `${log} ${stream} ${viewer ?? ''}`

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
