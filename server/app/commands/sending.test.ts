// Blocked terms through the whole chat: what a node knows of them, and what it does when they change under it.
import { describe, expect, test } from 'vitest'
import type { Journal, Term } from '../ports.ts'
import { settle } from '../../test/clock.ts'
import { createWorld } from '../../test/harness.ts'
import type { Client } from '../../test/harness.ts'

const UNPACED = { say: { burst: 1_000, everyMs: 1 }, commands: { burst: 1_000, everyMs: 1 } }

type Kept = ReturnType<typeof createWorld>

function setTerms({ tables, person }: Kept, ...patterns: [string, Term['action']][]) {
  const ver = (tables.terms.get(person('hana'))?.ver ?? 0) + 1
  tables.terms.set(person('hana'), { ver, terms: patterns.map(([pattern, action]) => ({ pattern, action })) })
}
const texts = (client: Client) =>
  client.entries('room').flatMap(({ event }) => (event.type === 'said' ? [event.message.text] : []))

/** Counts what reaches the journal. */
function counted() {
  const seen: string[][] = []
  return {
    seen,
    journal: (real: Journal): Journal => ({
      ...real,
      append: (drafts) => (seen.push(drafts.map(({ text }) => text)), real.append(drafts)),
    }),
  }
}

describe('P25 blocked terms', () => {
  test('a refused one is not said, a held one waits; host and moderators and private words are free', async () => {
    const world = createWorld({ limits: UNPACED })
    setTerms(world, ['spoiler', 'refuse'], ['who dies', 'hold'])
    world.moderator('mona')
    const [hana, mona, ada] = [await world.join('hana'), await world.join('mona'), await world.join('ada')]
    for (const text of ['a SPOILER!', 's p o i l e r', 'spo\u200biler', 'ѕроіlеr'])
      expect(await ada.ask({ t: 'say', text })).toMatchObject({ code: 'text_blocked' })
    expect(await ada.ask({ t: 'say', text: 'guess who dies' })).toMatchObject({ t: 'ok', held: true })
    expect(await ada.ask({ t: 'say', text: 'no spoilers' })).toMatchObject({ t: 'ok', log: 'room' })
    expect(await ada.ask({ t: 'whisper', text: 'a spoiler' })).toMatchObject({ t: 'ok', log: 'thread' })
    for (const client of [hana, mona])
      expect(await client.ask({ t: 'say', text: 'a spoiler' })).toMatchObject({ t: 'ok', log: 'room' })
    expect(texts(ada)).toEqual(['no spoilers', 'a spoiler', 'a spoiler'])
  })

  test('they are read with the room: the first message goes once', async () => {
    const { seen, journal } = counted()
    const world = createWorld({ journal })
    setTerms(world, ['spoiler', 'refuse'])
    const ada = await world.join('ada')
    await ada.ask({ t: 'say', text: 'hello' })
    expect(seen).toEqual([['hello']])
  })

  test('terms that changed are read again and the message judged by them, on its way and unseen by its sender', async () => {
    const { seen, journal } = counted()
    const world = createWorld({ journal })
    const ada = await world.join('ada')
    setTerms(world, ['spoiler', 'refuse'])
    expect(await ada.ask({ t: 'say', text: 'spoiler' })).toMatchObject({ code: 'text_blocked' })
    expect(await ada.ask({ t: 'say', text: 'hello' })).toMatchObject({ t: 'ok', log: 'room' })
    setTerms(world)
    expect(await ada.ask({ t: 'say', text: 'spoiler' })).toMatchObject({ t: 'ok', log: 'room' })
    expect(seen).toEqual([['spoiler'], ['spoiler'], ['hello'], ['spoiler'], ['spoiler']])
    expect(ada.of('err')).toHaveLength(1)
  })

  test('terms that never rest are a refusal after four tries', async () => {
    const { seen, journal } = counted()
    const world = createWorld({
      journal: (real) => {
        const counting = journal(real)
        return {
          ...counting,
          append(drafts) {
            setTerms(world, ['spoiler', 'refuse'])
            return counting.append(drafts)
          },
        }
      },
    })
    const ada = await world.join('ada')
    expect(await ada.ask({ t: 'say', text: 'hello' })).toMatchObject({ code: 'rules_changed' })
    expect(seen).toHaveLength(4)
  })

  test('L3 messages of one connection keep their order while terms change under them', async () => {
    for (let after = 0; after < 12; after++) {
      let commits = 0
      const world = createWorld({
        seed: after,
        limits: UNPACED,
        journal: (real, clock) => ({
          ...real,
          async append(drafts) {
            // Slow, so that messages come in while a commit is under way and while terms are read again.
            await new Promise<void>((done) => clock.after(5, done))
            if (commits++ % 3 === after % 3) setTerms(world, [`word${commits}`, 'refuse'])
            return real.append(drafts)
          },
        }),
      })
      const ada = await world.join('ada')
      const sent = Array.from({ length: 14 }, (_, i) => `message ${i}`)
      for (const text of sent) {
        ada.send({ t: 'say', text })
        await world.clock.advance((after * 7) % 5)
      }
      for (let i = 0; i < 60; i++) await world.clock.advance(5)
      await settle()
      const said = texts(ada)
      expect(said).toEqual(sent.filter((text) => said.includes(text)))
      expect(said.length + ada.of('err').length).toBe(sent.length)
      expect(said.length).toBeGreaterThan(8)
    }
  })
})
