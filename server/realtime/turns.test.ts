import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { Journal } from '../app/ports.ts'
import { settle } from '../test/clock.ts'
import { createWorld } from '../test/harness.ts'
import { createTurns } from './turns.ts'

const quick = { burst: 1_000, everyMs: 1 }
const limits = { commands: quick, say: quick, whisper: quick }

/** Commits end when the test says so. */
function setUp() {
  const commits: { texts: string[]; end: () => void }[] = []
  const journal = (real: Journal): Journal => ({
    ...real,
    append: async (drafts) => {
      await new Promise<void>((end) => commits.push({ texts: drafts.map(({ text }) => text), end }))
      return await real.append(drafts)
    },
  })
  return { world: createWorld({ limits, journal }), commits }
}

test('M10 messages that follow each other share a commit, and are answered in their order', async () => {
  const { world, commits } = setUp()
  const ada = await world.join('ada')
  const ids = [
    ada.send({ t: 'say', text: 'one' }),
    ada.send({ t: 'whisper', text: 'two' }),
    ada.send({ t: 'say', text: '\u200b' }),
    ada.send({ t: 'say', text: 'four' }),
  ]
  await settle()
  expect(commits.map(({ texts }) => texts)).toEqual([['one', 'two', 'four']])
  expect(ada.frames().filter((frame) => 're' in frame)).toEqual([])
  commits[0]?.end()
  await settle()
  const answers = ada.frames().flatMap((frame) => ('re' in frame ? [[frame.t, frame.re]] : []))
  expect(answers).toEqual(['ok', 'ok', 'err', 'ok'].map((t, i) => [t, ids[i]]))
})

test('M10 anything but a message waits for the messages before it, and those behind it for it', async () => {
  const { world, commits } = setUp()
  const hana = await world.join('hana')
  hana.send({ t: 'say', text: 'before' })
  hana.send({ t: 'slow', seconds: 10 })
  hana.send({ t: 'say', text: 'after' })
  await settle()
  expect(commits.map(({ texts }) => texts)).toEqual([['before']])
  expect(hana.entries('room')).toEqual([])
  commits[0]?.end()
  await settle()
  expect(commits.map(({ texts }) => texts)).toEqual([['before'], ['after']])
  commits[1]?.end()
  await settle()
  expect(hana.entries('room').map(({ event }) => event.type)).toEqual(['said', 'slowed', 'said'])
})

test('M10 one connection has at most 16 messages in a commit', async () => {
  const { world, commits } = setUp()
  const [ada, bob] = [await world.join('ada'), await world.join('bob')]
  for (let i = 0; i < 20; i++) ada.send({ t: 'say', text: `ada ${i}` })
  bob.send({ t: 'say', text: 'bob' })
  await settle()
  expect(commits.map(({ texts }) => texts.length)).toEqual([17])
  expect(commits[0]?.texts).toContain('bob')
  commits[0]?.end()
  await settle()
  expect(commits[1]?.texts).toEqual(['ada 16', 'ada 17', 'ada 18', 'ada 19'])
  commits[1]?.end()
})

test('M10 whatever ends first, answers come in order, only sharers overlap, and all are answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { maxLength: 60 }),
      fc.array(fc.nat(), { maxLength: 200 }),
      async (kinds, choices) => {
        const commands = kinds.map((shared, n) => ({ shared, n }))
        const running = new Map<number, { shared: boolean; end: () => void }>()
        const answers: number[] = []
        const turns = createTurns<{ shared: boolean; n: number }, number>({
          queue: 100,
          shares: ({ shared }) => shared,
          open: () => true,
          perform: ({ shared, n }) =>
            new Promise((resolve) => {
              running.set(n, { shared, end: () => resolve(n) })
              const alone = [...running.values()].some((one) => !one.shared)
              expect(running.size === 1 || !alone).toBe(true)
              expect(running.size).toBeLessThanOrEqual(16)
            }),
          answered: (ready) => answers.push(...ready),
          failed(error) {
            throw error
          },
        })
        for (const command of commands) expect(turns.take(command)).toBe(true)
        for (let i = 0; running.size > 0; i++) {
          const under = [...running]
          const [n, { end }] = under[(choices[i] ?? 0) % under.length]!
          running.delete(n)
          end()
          await settle()
        }
        expect(answers).toEqual(commands.map(({ n }) => n))
      },
    ),
    { numRuns: 50, seed: 5 },
  )
})
