// P35 for acts: in random worlds the pure policy (in the memory journal, which asks it) and the database answer every
// random send and act with the same code, put the same things into the same logs, and show them to the same people.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryJournal } from '../../adapters/memory/journal.ts'
import { createMemoryStreams } from '../../adapters/memory/streams.ts'
import { createTables } from '../../adapters/memory/tables.ts'
import type { Act, Change, Draft, Journal, People, Streams } from '../../app/ports.ts'
import type { LogKey } from '../../domain/log.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import type { Result, Rules } from '../../../shared/protocol/index.ts'
import { createHandClock } from '../clock.ts'
import { traits, valueOf } from '../contracts/world.ts'
import { engines } from '../databases.ts'
import { memoryPeople } from '../memory-people.ts'
import { createSeededRandom } from '../random.ts'
import { openStore, type Store } from '../store.ts'

const PEOPLE = ['hana', 'olga', 'mona', 'max', 'ada', 'bob', 'cora'] as const
const HOSTS = 2
const person = fc.nat({ max: PEOPLE.length - 1 })
const viewer = fc.integer({ min: HOSTS, max: PEOPLE.length - 1 })
const text = fc.constantFrom('hello', 'spam', 'again')
/** Mostly somebody who may. */
const actor = fc.oneof(fc.constantFrom(0, 0, 2), person)
/** Of all that was ever sent, also what was refused, held or is in the other stream. */
const message = fc.nat({ max: 30 })

const send = fc.record({
  does: fc.constant('send' as const),
  who: person,
  to: fc.option(viewer, { freq: 2 }),
  own: fc.boolean(),
  there: fc.boolean(),
  reply: fc.option(message, { freq: 2 }),
  text,
  found: fc.constantFrom('nothing', 'nothing', 'link', 'hold', 'refuse'),
})
const onPeople = fc.record({
  does: fc.constant('person' as const),
  who: actor,
  type: fc.constantFrom('timeout', 'timeout', 'lift', 'ban', 'unban', 'wipe', 'note', 'appoint', 'everywhere', 'dismiss', 'block', 'block', 'unblock', 'enrol', 'expel'), // prettier-ignore
  target: person,
})
const onMessages = fc.record({
  does: fc.constant('message' as const),
  who: actor,
  type: fc.constantFrom('delete', 'pin', 'approve', 'reject', 'report', 'resolve'),
  target: message,
})
const onRoom = fc.record({
  does: fc.constant('room' as const),
  who: fc.constantFrom(0, 0, 1, 2, 4),
  rule: fc.constantFrom('open', 'review', 'members', 'links', 'refused', 'repeats', 'young', 'slow', 'fast', 'unpin'), // prettier-ignore
})
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: send },
    { weight: 3, arbitrary: onPeople },
    { weight: 3, arbitrary: onMessages },
    { weight: 2, arbitrary: onRoom },
  ),
  { minLength: 20, maxLength: 35 },
)
/** Somebody is blocked and somebody timed out from the beginning, so that this comes to something. */
const course = fc
  .tuple(viewer, viewer, onRoom, steps)
  .map(([blocked, silent, first, rest]) => [
    { ...first, who: 0 },
    { does: 'person' as const, who: 0, type: 'block' as const, target: blocked },
    { does: 'person' as const, who: 0, type: 'timeout' as const, target: silent },
    ...rest,
  ])
type Step = typeof course extends fc.Arbitrary<(infer T)[]> ? T : never

const RULES: Record<string, Partial<Rules>> = {
  ...{ open: {}, review: { review: true }, members: { who: 'members' }, links: { links: 'held' } },
  ...{ refused: { links: 'refused' }, repeats: { duplicateSeconds: 300 }, young: { minAgeSeconds: 86_400 } },
}

type Side = { people: People; streams: Streams; journal: Journal }

function createMemory(): Side {
  const clock = createHandClock(Date.now())
  const tables = createTables()
  return {
    people: memoryPeople(tables, clock.now),
    streams: createMemoryStreams(tables, clock),
    journal: createMemoryJournal({ tables, clock, random: createSeededRandom(1) }),
  }
}

async function settle({ people, streams, journal }: Side, ids: readonly string[], rooms: readonly string[]) {
  for (const [n, id] of ids.entries()) {
    const name = PEOPLE[n]!
    const none = { email: null, passwordHash: null }
    if (n < HOSTS) valueOf(await people.createAccount({ id, name, ...none, canHost: true, now: Date.now() }))
    else await people.createGuest({ id, name })
  }
  for (const [n, id] of rooms.entries()) {
    const stream = { id, slug: `s-${id}`, title: 'Show', description: '', startsAt: null }
    valueOf(await streams.create({ ...stream, host: ids[n]! }))
    valueOf(await journal.act(ids[n]!, id, { type: 'appoint', target: ids[2]! }))
  }
}

const outcome = (result: Result<Change> | undefined) =>
  result?.ok === true
    ? {
        ok: true,
        dup: result.value.dup,
        held: result.value.held === true,
        logs: result.value.placed.map(({ log }) => log.kind).sort(),
      }
    : { ok: false, code: result?.denial.code }

/** What differs between two clocks. */
const timeless = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/:1[0-9]{12}\b/g, ':"TIME"'))

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`answers on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    test(
      'P35 P9 policy and database answer every send and act alike, and show the same',
      { timeout: 120_000 },
      async () => {
        const codes = new Map<string, number>()
        await fc.assert(
          fc.asyncProperty(course, async (all) => {
            const ids = PEOPLE.map(() => randomUUID())
            const rooms = [randomUUID(), randomUUID()]
            const memory = createMemory()
            for (const side of [memory, store]) await settle(side, ids, rooms)
            const [here, there] = rooms as [string, string]
            const sent: string[] = [randomUUID()]
            const target = (n: number) => sent[n % sent.length]!

            function draftOf(step: Extract<Step, { does: 'send' }>): Draft {
              const { found, reply } = step
              const action = found === 'hold' || found === 'refuse' ? found : null
              const draft: Draft = {
                ...{ id: randomUUID(), cmid: randomUUID(), stream: step.there && step.own ? there : here },
                ...{ sender: ids[step.who]!, text: step.text },
                replyTo: reply === null ? null : target(reply),
                viewer: step.to === null ? null : step.own ? ids[step.who]! : ids[step.to]!,
                traits: traits({
                  ...{ fold: Buffer.alloc(32, step.text).toString('hex'), link: found === 'link' },
                  term: action === null ? null : { pattern: step.text, action },
                }),
              }
              sent.push(draft.id)
              return draft
            }
            function actOf(step: Exclude<Step, { does: 'send' }>): Act {
              if (step.does === 'message') {
                const about = target(step.target)
                return step.type === 'report'
                  ? { type: 'report', target: about, reason: 'spam' }
                  : { type: step.type, target: about }
              }
              if (step.does === 'person') {
                const whom = ids[step.target]!
                if (step.type === 'timeout' || step.type === 'ban')
                  return { type: step.type, target: whom, seconds: 600 }
                if (step.type === 'everywhere') return { type: 'appoint', target: whom, everywhere: true }
                return step.type === 'note'
                  ? { type: 'note', target: whom, text: 'a note' }
                  : { type: step.type, target: whom }
              }
              if (step.rule === 'unpin') return { type: 'unpin' }
              if (step.rule === 'slow' || step.rule === 'fast')
                return { type: 'slow', seconds: step.rule === 'slow' ? 300 : 0 }
              return { type: 'rules', rules: { ...OPEN_RULES, ...RULES[step.rule] } }
            }

            for (const step of all) {
              const asked = step.does === 'send' ? draftOf(step) : actOf(step)
              const ask = async ({ journal }: Side) =>
                outcome(
                  step.does === 'send'
                    ? (await journal.append([asked as Draft]))[0]
                    : await journal.act(ids[step.who]!, here, asked as Act),
                )
              const [pure, database] = [await ask(memory), await ask(store)]
              expect([step, database]).toEqual([step, pure])
              const name = pure.ok ? (pure.held ? 'held' : pure.dup ? 'dup' : 'ok') : pure.code!
              codes.set(name, (codes.get(name) ?? 0) + 1)
            }

            const logs: LogKey[] = [
              ...(['room', 'inbox', 'backstage'] as const).map((kind) => ({ kind, stream: here })),
              ...ids.slice(HOSTS).map((id) => ({ kind: 'thread' as const, stream: here, viewer: id })),
            ]
            for (const reader of [...ids, null])
              for (const log of logs) {
                const read = async ({ journal }: Side) => timeless(await journal.read(reader, log, 1, 1_000))
                const [pure, database] = [await read(memory), await read(store)]
                expect([log.kind, database]).toEqual([log.kind, pure])
              }
          }),
          { numRuns: 30, seed: 351 },
        )
        // Not in vain: each of these came, and not once.
        for (const code of [
          'ok',
          'dup',
          'held',
          'banned',
          'not_allowed',
          'not_found',
          'timed_out',
          'thread_closed',
          'members_only',
          'text_blocked',
          'reply_not_here',
          'pin_not_public',
        ])
          // prettier-ignore
          expect([code, (codes.get(code) ?? 0) > 1]).toEqual([code, true])
      },
    )
  })
