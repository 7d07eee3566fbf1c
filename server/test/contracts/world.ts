// What a contract needs from an implementation: the three ports, and the few things no port can arrange. Nothing
// here knows SQL, so that a journal in memory stands under the same tests.
import { randomUUID } from 'node:crypto'
import type { Act, Change, Draft, Journal, People, Rights, Streams, Terms, Traits } from '../../app/ports.ts'
import type { Gates } from '../../app/gate-ports.ts'
import type { LogKey } from '../../domain/log.ts'
import type { PrincipalId, StreamId } from '../../../shared/ids.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import type {
  Deed,
  Entry,
  ErrorCode,
  Message,
  Notice,
  Result,
  Rules,
  StreamEvent,
} from '../../../shared/protocol/index.ts'

export type World = {
  people: People
  streams: Streams
  journal: Journal
  rights: Rights
  gates: Gates
  /** Lets `ms` pass over everything stored; negative: the clock has stepped back. */
  pass: (ms: number) => Promise<void>
  /** `forMs` null: for good. A negative one has run out. */
  ban: (stream: StreamId, principal: PrincipalId, forMs: number | null) => Promise<void>
  promote: (stream: StreamId, principal: PrincipalId) => Promise<void>
  /** The blocked terms of a host from now on. */
  terms: (host: PrincipalId, terms: Terms) => Promise<void>
  /** What the eye takes this person's name for. */
  skeleton: (principal: PrincipalId, skeleton: string) => Promise<void>
  close: () => Promise<void>
}
export type MakeWorld = () => Promise<World>
type Arranged = Omit<World, 'rights' | 'gates' | 'terms' | 'skeleton'>

export type Stage = Awaited<ReturnType<typeof createStage>>

/** One stream with a host, a moderator and three viewers, of whom `carol` belongs to another stream as its host. */
export async function createStage({ people, streams, journal, promote }: Arranged) {
  const [stream, other] = [randomUUID(), randomUUID()]
  const guest = async (name: string) => {
    const id = randomUUID()
    await people.createGuest({ id, name })
    return id
  }
  const account = async (name: string) => {
    const id = randomUUID()
    valueOf(
      await people.createAccount({
        id,
        name,
        email: null,
        passwordHash: null,
        canHost: true,
        now: Date.now(),
      }),
    )
    return id
  }
  const host = await account('Hanna')
  const carol = await account('Carol')
  for (const [id, owner] of [
    [stream, host],
    [other, carol],
  ] as const)
    valueOf(
      await streams.create({
        id,
        slug: `s-${id}`,
        title: 'Show',
        description: '',
        host: owner,
        startsAt: null,
      }),
    )
  const [ada, bob, mod] = [await guest('Ada'), await guest('Bob'), await guest('Mo')]
  await promote(stream, mod)

  const draft = (sender: PrincipalId, text: string, more: Partial<Draft> = {}): Draft => ({
    id: randomUUID(),
    cmid: randomUUID(),
    stream,
    sender,
    text,
    replyTo: null,
    viewer: null,
    ...more,
  })
  const send = async (...drafts: Draft[]) => journal.append(drafts)
  const say = async (sender: PrincipalId, text: string, more: Partial<Draft> = {}): Promise<Change> =>
    valueOf((await send(draft(sender, text, more)))[0])
  const room: LogKey = { kind: 'room', stream }
  const inbox: LogKey = { kind: 'inbox', stream }
  const backstage: LogKey = { kind: 'backstage', stream }
  const thread = (viewer: PrincipalId): LogKey => ({ kind: 'thread', stream, viewer })
  const logs = { room, inbox, backstage, thread }
  return { stream, other, host, carol, ada, bob, mod, guest, account, draft, send, say, ...logs }
}

/** The stage with a look behind it: acts in one word, and what each log says of them. */
export async function createBackstage(world: Arranged) {
  const stage = await createStage(world)
  const { journal } = world
  const { host, stream, ada, draft, send, room, backstage, thread } = stage
  const act = (by: PrincipalId | null, what: Act, where = stream) => journal.act(by, where, what)
  const done = async (by: PrincipalId, what: Act) => valueOf(await act(by, what))
  const events = async (as: PrincipalId | null, log: LogKey): Promise<StreamEvent[]> =>
    (await everything(journal, as, log)).map(({ event }) => event)
  const behind = () => events(host, backstage)
  return {
    ...stage,
    act,
    done,
    events,
    behind,
    code: async (by: PrincipalId | null, what: Act) => codeOf(await act(by, what)),
    rule: (change: Partial<Rules>) => done(host, { type: 'rules', rules: { ...OPEN_RULES, ...change } }),
    deeds: async (): Promise<Deed[]> =>
      (await behind()).flatMap((event) => (event.type === 'moderated' ? [event.deed] : [])),
    notices: async (of = ada): Promise<Notice[]> =>
      (await events(of, thread(of))).flatMap((event) => (event.type === 'notice' ? [event.notice] : [])),
    publicTexts: async (as: PrincipalId | null = null) => textsOf(await everything(journal, as, room)),
    /** One public draft with these traits; the answer as it came. */
    tell: async (sender: PrincipalId, text: string, found: Partial<Traits> = {}) =>
      (await send(draft(sender, text, { traits: traits(found) })))[0],
  }
}

/** Nothing found, but for what is named. */
export const traits = (found: Partial<Traits> = {}): Traits => ({
  fold: randomUUID().replaceAll('-', '').repeat(2),
  link: false,
  termsVer: 0,
  term: null,
  ...found,
})

export const waitOf = (result: Result<unknown> | undefined): number =>
  result?.ok === false ? (result.denial.retryAfterMs ?? 0) : 0

/** Which logs a change wrote to, once each, in no order. */
export const logsOf = (change: Change): string[] =>
  [...new Set(change.placed.map(({ log }) => log.kind))].sort()

export function valueOf<T>(result: Result<T> | undefined): T {
  if (!result) throw new Error('no answer')
  if (!result.ok) throw new Error(`refused: ${result.denial.code}`)
  return result.value
}

export const codeOf = (result: Result<unknown> | undefined): ErrorCode | 'ok' =>
  !result || result.ok ? 'ok' : result.denial.code

export const everything = async (journal: Journal, as: PrincipalId | null, log: LogKey): Promise<Entry[]> =>
  journal.read(as, log, 1, 1_000_000)

/** The texts of a log, in order; null for a tombstone. */
export const textsOf = (entries: readonly Entry[]): (string | null)[] =>
  entries.flatMap(({ event }) => ('message' in event ? [event.message.text] : []))

export const messageIn = (entry: Entry | undefined): Message => {
  if (!entry || !('message' in entry.event)) throw new Error('no message in this entry')
  return entry.event.message
}
