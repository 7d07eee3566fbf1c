// The two ways of the append: what an open room says takes the short one, and a rule that stops nobody sends the same
// batch the long one. Nobody can tell which it took.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Change, Draft } from '../app/ports.ts'
import type { Result, Rules } from '../../shared/protocol/index.ts'
import { createBackstage, traits, valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

/** Everything two worlds may differ in. */
function told(result: Result<Change> | undefined) {
  if (!result?.ok) return result?.denial.code
  const { dup, held, placed } = result.value
  return { dup, held, placed: placed.map(({ log, seq, entry }) => [log.kind, seq, entry?.event.type]) }
}

/** Batches of every kind of line: who passes, who does not and why, private ones between them. */
async function course(store: Store, rules: Partial<Rules>) {
  const world = await createBackstage(store)
  const { ada, bob, mod, host, guest, draft, send, done, rule, stream, events, room, thread, inbox } = world
  const [tim, bea, eve] = [await guest('Tim'), await guest('Bea'), await guest('Hanna')]
  await store.terms(host, { ver: 7, terms: [{ pattern: 'darn', action: 'refuse' }] })
  await store.skeleton(host, 'hanna')
  await store.skeleton(eve, 'hanna')
  await rule(rules)
  await store.pass(60_000)
  await store.ban(stream, bea, null)
  await store.ban(stream, ada, -1)
  await done(host, { type: 'timeout', target: tim, seconds: 600, reason: 'enough' })
  const clean = () => ({ traits: traits({ termsVer: 7 }) })
  const darn = () => ({ traits: traits({ termsVer: 7, term: { pattern: 'darn', action: 'refuse' } }) })
  const line = (sender: string, text: string, more: Partial<Draft> = {}) =>
    draft(sender, text, { ...clean(), ...more })
  const first = line(ada, 'first')
  const said = valueOf((await send(first))[0])
  const whispered = line(ada, 'to you', { viewer: ada })
  const batches: Draft[][] = [
    [line(ada, 'one'), line(bob, 'two', { traits: traits({ termsVer: 7, link: true }) }), line(ada, 'three')],
    [
      whispered,
      line(host, 'mine'),
      line(mod, 'darn', darn()),
      line(ada, 'four'),
      line(host, 'x', { viewer: ada }),
    ],
    [
      { ...first, id: randomUUID() },
      { ...first, id: randomUUID(), cmid: randomUUID() },
      line(ada, 'darn', darn()),
      line(bea, 'banned'),
      line(tim, 'timed out'),
      line(tim, 'whispers on', { viewer: tim }),
      line(eve, 'lookalike'),
      line(bob, 'yesterday', { traits: traits({ termsVer: 6 }) }),
      draft(bob, 'unseen'),
      line(bob, 'an answer', { replyTo: said.id ?? null }),
      line(bob, 'to nothing', { replyTo: randomUUID() }),
      line(bob, 'to a private one', { replyTo: whispered.id }),
      line(randomUUID(), 'nobody'),
      line(ada, ''),
      line(ada, 'x'.repeat(2001)),
      line(ada, 'another body', { cmid: first.cmid }),
      line(ada, 'last'),
    ],
    [line(bea, 'banned'), line(ada, 'to nowhere', { stream: randomUUID() })],
  ]
  const answers: unknown[] = []
  for (const batch of batches) answers.push((await send(...batch)).map(told))
  const logs = [
    ...(await events(null, room)),
    ...(await events(ada, thread(ada))),
    ...(await events(host, inbox)),
  ]
  const texts = logs.map((event) =>
    event.type === 'said' || event.type === 'whispered'
      ? [event.type, event.message.text, event.message.author.role, event.message.replyTo?.text]
      : event.type,
  )
  const hashes = await store.db.admin(
    `select m.text, m.fold_sha is not null as folded, m.body_sha = sha256(convert_to(m.text, 'UTF8')) as same
     from app.message m where m.stream_id = $1 order by m.text`,
    [stream],
  )
  return { answers, texts, hashes }
}

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(engine.name, { timeout: 60_000 }, () => {
    test('P15 P35 L2 a line is answered, placed and kept the same whichever way it takes', async () => {
      const store = await openStore(engine)
      try {
        const short = await course(store, { delaySeconds: 1 })
        const long = await course(store, { minAgeSeconds: 1 })
        expect(JSON.stringify(short.answers)).toContain('name_reserved')
        expect(short.answers).toEqual(long.answers)
        expect(short.texts).toEqual(long.texts)
        expect(short.hashes).toEqual(long.hashes)
      } finally {
        await store.close()
      }
    })
  })
