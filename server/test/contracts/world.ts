// What a contract needs from an implementation: the three ports, and the few things no port can arrange. Nothing
// here knows SQL, so that a journal in memory stands under the same tests.
import { randomUUID } from 'node:crypto'
import type { Change, Draft, Journal, People, Rights, Streams } from '../../app/ports.ts'
import type { LogKey } from '../../domain/log.ts'
import type { PrincipalId, StreamId } from '../../../shared/ids.ts'
import type { Entry, ErrorCode, Message, Result } from '../../../shared/protocol/index.ts'

export type World = {
  people: People
  streams: Streams
  journal: Journal
  rights: Rights
  /** Lets `ms` pass over everything stored; negative: the clock has stepped back. */
  pass: (ms: number) => Promise<void>
  /** `forMs` null: for good. A negative one has run out. */
  ban: (stream: StreamId, principal: PrincipalId, forMs: number | null) => Promise<void>
  promote: (stream: StreamId, principal: PrincipalId) => Promise<void>
  close: () => Promise<void>
}
export type MakeWorld = () => Promise<World>

export type Stage = Awaited<ReturnType<typeof createStage>>

/** One stream with a host, a moderator and three viewers, of whom `carol` belongs to another stream as its host. */
export async function createStage({ people, streams, journal, promote }: Omit<World, 'rights'>) {
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
  const thread = (viewer: PrincipalId): LogKey => ({ kind: 'thread', stream, viewer })
  return { stream, other, host, carol, ada, bob, mod, draft, send, say, room, inbox, thread }
}

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
