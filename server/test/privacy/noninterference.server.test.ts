// P34 on a real server: the process as it is deployed, on the embedded database and on Postgres.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { noPostgres, startCluster, urlOf } from '../cluster.ts'
import { createPerson, type Person } from '../client.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import type { PublicTurn } from './course.ts'
import { publicCourse, secretCourse } from './course.ts'
import { ENV, LISTENERS, PLAYED, playOnServer } from './on-server.ts'
import type { Stage } from './on-server.ts'

const PAIRS = 10
const TURNS = 5
const playable = ({ step }: PublicTurn) => (PLAYED as readonly string[]).includes(step.what)

async function openStage(server: ServerProcess): Promise<Stage> {
  const host = createPerson(server.url)
  await host.enter(server.loginLink ?? '')
  const signUp = async (name: string, more: object): Promise<Person> => {
    const person = createPerson(server.url)
    const email = `${name}@example.org`
    await person.call('POST', '/api/sign-up', { name, email, password: 'a long password', ...more })
    return person
  }
  const vera = await signUp('vera', {})
  async function invited(name: string) {
    const { url } = await host.call<{ url: string }>('POST', '/api/invites', { canHost: true })
    return signUp(name, { invite: new URL(url).hash.slice(1) })
  }
  const hosts = [host, await invited('helga')]
  return { server, hosts, vera, olga: await invited('olga') }
}

async function compare(stage: Stage) {
  let [pairs, secrets, lines] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(publicCourse, secretCourse, secretCourse, async (all, one, other) => {
      const course = all.filter(playable).slice(0, TURNS)
      const [a, b] = [await playOnServer(stage, course, one), await playOnServer(stage, course, other)]
      for (const kind of LISTENERS) {
        expect([kind, ...b.heard[kind]]).toEqual([kind, ...a.heard[kind]])
        lines += a.heard[kind].length
      }
      pairs += 1
      secrets += a.secrets + b.secrets
    }),
    { numRuns: PAIRS, seed: 34, endOnFailure: true },
  )
  expect(pairs).toBe(PAIRS)
  expect(secrets).toBeGreaterThan(PAIRS * 2)
  expect(lines).toBeGreaterThan(PAIRS * 150)
}

describe('P34 on a real server', { timeout: 180_000 }, () => {
  test('P34 nobody else hears a difference, on the embedded database', async () => {
    await using server = await startServer({ env: ENV })
    const stage = await openStage(server)
    await compare(stage)
    // What was made equal has not made everything equal: in public one word more is heard by all who may read.
    const say = (text: string): PublicTurn[] => [
      { step: { who: 'ada', what: 'say', text }, rush: false, ms: 0 },
    ]
    const [one, other] = [
      await playOnServer(stage, say('one'), []),
      await playOnServer(stage, say('other'), []),
    ]
    for (const kind of LISTENERS)
      if (kind !== 'BN') expect([kind, ...other.heard[kind]]).not.toEqual([kind, ...one.heard[kind]])
  })

  test.skipIf(noPostgres !== null)('P34 nobody else hears a difference, on Postgres', async () => {
    const cluster = await startCluster()
    try {
      await using server = await startServer({ env: { ...ENV, DATABASE_URL: urlOf(cluster) } })
      await compare(await openStage(server))
    } finally {
      await cluster.stop()
    }
  })
})
