// P1 as a property of bytes: what others hear and are answered is the same whatever bob and the host tell each
// other in private, how often, and whether at all.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settle } from '../test/clock.ts'
import { createWorld } from '../test/harness.ts'
import type { Client } from '../test/harness.ts'

const TURNS = 6

type Secret =
  | { what: 'bob'; text: string }
  | { what: 'host'; text: string }
  | { what: 'delete' }
  | { what: 'read' }
  | { what: 'return' }
type Public = { who: 'ada' | 'mona' | 'hana'; what: 'say' | 'react' | 'whisper' | 'probe' | 'return' }

const text = fc.string({ minLength: 1, maxLength: 40 })
const secret: fc.Arbitrary<Secret> = fc.oneof(
  fc.record({ what: fc.constant('bob' as const), text }),
  fc.record({ what: fc.constant('host' as const), text }),
  fc.constantFrom({ what: 'delete' as const }, { what: 'read' as const }, { what: 'return' as const }),
)
const secrets = fc.array(fc.array(secret, { maxLength: 3 }), { minLength: TURNS, maxLength: TURNS })
const open: fc.Arbitrary<Public> = fc.record({
  who: fc.constantFrom('ada' as const, 'mona' as const, 'hana' as const),
  what: fc.constantFrom(
    'say' as const,
    'react' as const,
    'whisper' as const,
    'probe' as const,
    'return' as const,
  ),
})
const opens = fc.array(open, { minLength: TURNS, maxLength: TURNS })

/** Everything ada, the moderator and a late stranger hear, byte by byte. */
async function observe(
  schedule: readonly Public[],
  hidden: readonly (readonly Secret[])[],
): Promise<string[]> {
  const quick = { burst: 1_000, everyMs: 1 }
  // Jitter is drawn per log: in life it tells nothing, here it would differ with the order of drawing.
  const world = createWorld({ limits: { whisper: quick }, random: { fraction: () => 0.5 } })
  world.moderator('mona')
  const wire: string[] = []
  const people = new Map<string, Client>()
  // A second tab of bob's stays, so that the head count does not tell when the first one reloads.
  for (const name of ['ada', 'mona', 'hana', 'bob', 'bob']) people.set(name, await world.join(name))
  const of = (name: string): Client => people.get(name)!
  const ids: string[] = []

  async function act(client: Client, command: Parameters<Client['ask']>[0]) {
    const answer = await client.ask(command)
    if (answer.t === 'ok' && answer.id && client === of('bob')) ids.push(answer.id)
  }
  async function hide(act_: Secret) {
    const { what } = act_
    if (what === 'bob') await act(of('bob'), { t: 'whisper', text: act_.text })
    else if (what === 'host')
      await act(of('hana'), { t: 'whisper', text: act_.text, to: world.person('bob') })
    else if (what === 'delete' && ids[0]) await act(of('bob'), { t: 'delete', target: ids[0] })
    else if (what === 'read') await act(of('bob'), { t: 'read', log: 'thread', from: 1, to: 50 })
    else if (what === 'return') await comeBack('bob')
  }
  async function comeBack(name: string) {
    const before = of(name)
    wire.push(...(name === 'ada' || name === 'mona' ? before.raw : []))
    before.leave()
    const { epoch } = before.of('welcome')[0]!.logs[0]!
    const cursors = (['room', 'thread'] as const).map((log) => ({ log, epoch, seq: 0 }))
    people.set(name, await world.join(name, { cursors }))
  }
  async function probe(client: Client) {
    for (const viewer of [world.person('bob'), '00000000-0000-4000-8000-000000000000'])
      await client.ask({ t: 'read', log: 'thread', viewer, from: 1, to: 9 })
    await client.ask({ t: 'read', log: 'inbox', from: 1, to: 9 })
    await client.ask({ t: 'delete', target: '00000000-0000-4000-8000-000000000000' })
  }

  for (const [turn, { who, what }] of schedule.entries()) {
    for (const each of hidden[turn] ?? []) await hide(each)
    // Ids and passes are random: drawn from the same place in both runs, they are the same bytes.
    world.random.reseed(1_000 + turn)
    const client = of(who)
    if (what === 'return') await comeBack(who)
    else if (what === 'probe') await probe(client)
    else if (what === 'react') await client.ask({ t: 'react', emoji: '🔥' })
    else if (what === 'say' || who !== 'hana')
      await client.ask({ t: what === 'say' ? 'say' : 'whisper', text: `${turn}` })
    await world.clock.advance(5_000)
  }
  world.random.reseed(2_000)
  const late = await world.join('zoe')
  await probe(late)
  await settle()
  return [...wire, ...of('ada').raw, ...of('mona').raw, ...late.raw]
}

test('P1 P8 no byte of another wire depends on what is whispered', async () => {
  let bytes = 0
  await fc.assert(
    fc.asyncProperty(opens, secrets, secrets, async (schedule, one, other) => {
      const [a, b] = [await observe(schedule, one), await observe(schedule, other)]
      expect(a).toEqual(b)
      bytes += a.join().length
    }),
    { numRuns: 60, seed: 20_261_121 },
  )
  expect(bytes).toBeGreaterThan(60 * 1_000)
})
