// A full house in memory: one stream with every kind of person, on sockets and over HTTP, in one hand-turned world.
import { createMemoryGates } from '../../adapters/memory/gates.ts'
import type { Draft } from '../../app/ports.ts'
import type { PrincipalKind } from '../../domain/privacy/principals.ts'
import { settle } from '../clock.ts'
import { createWorld } from '../harness.ts'
import type { Client } from '../harness.ts'
import { memoryNames } from '../memory-names.ts'
import { memoryPeople } from '../memory-people.ts'
import { createSeededRandom, idOf } from '../random.ts'
import { createWorld as createWebWorld } from '../web-world.ts'

/** Who stands for which kind. `bob` is the guest whose private matters are kept from all others but hana. */
export const CAST = {
  G: 'ada',
  V: 'vera',
  M: 'mona',
  H: 'hana',
  OH: 'olga',
  BN: 'boris',
} as const satisfies Partial<Record<PrincipalKind, string>>
export type Name = (typeof CAST)[keyof typeof CAST] | 'bob'
const ACCOUNTS: readonly Name[] = ['vera', 'mona', 'hana', 'olga']

/** More private messages at once than one person may send. All that the host says in one course is fewer: how fast
 * the host writes to one viewer bounds how fast it writes to the next, and that is no secret of bob's. */
export const FLOOD = 50
const LIMITS = {
  commands: { burst: 1e6, everyMs: 1 },
  whisper: { burst: 40, everyMs: 1_000 },
  sockets: 100,
  queue: 1_000,
}

export type WorldOptions = NonNullable<Parameters<typeof createWorld>[0]>
export type House = Awaited<ReturnType<typeof createHouse>>

/** `more`: guests beside the cast. */
export async function createHouse(options: WorldOptions = {}, more: readonly string[] = []) {
  // Jitter is drawn per log: in life it tells nothing, here it would differ with the order of drawing.
  const world = createWorld({
    ...{ limits: LIMITS, random: { fraction: () => 0.5 }, ...options },
    // Ids of messages are random in life. Here they follow from who wrote under which id, so that they are the same
    // bytes in both runs and nothing has to be masked.
    journal(real, clock) {
      const journal = options.journal?.(real, clock) ?? real
      const named = (draft: Draft): Draft => ({ ...draft, id: idOf(`${draft.sender} ${draft.cmid}`) })
      return { ...journal, append: (drafts) => journal.append(drafts.map(named)) }
    },
  })
  /** What clients and the web side draw: from one place at the beginning of each turn. */
  const drawn = createSeededRandom(1)
  const { clock, tables } = world
  for (const name of ACCOUNTS) Object.assign(tables.people.get(world.person(name))!, { kind: 'account' })
  world.moderator('mona')
  world.stream('other', 'olga')
  world.ban('boris')
  await world.overlays.set(world.person('hana'), world.show.id, 'key')

  const web = createWebWorld({
    ...{ clock, random: drawn, viewersOf: (stream) => world.first.chat.viewers(stream) },
    store: {
      people: memoryPeople(tables),
      names: memoryNames(tables),
      streams: world.streams,
      journal: world.journal,
    },
    gates: createMemoryGates(tables),
  })
  const cookies = new Map<string, string>()
  for (const name of [...Object.values(CAST), 'bob', ...more]) {
    const expiresAt = clock.now() + 86_400_000
    const claims = { session: `session of ${name}`, principal: world.person(name), expiresAt }
    cookies.set(name, `__Host-session=${await web.tokens.session(claims)}`)
  }

  /** One request, as the bytes of its answer. `name` null: no session. Each has an address of their own. */
  async function request(name: string | null, method: string, path: string, body?: unknown): Promise<string> {
    const cookie = name === null ? undefined : cookies.get(name)
    const headers = {
      origin: 'https://stage.example',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie }),
    }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const address = `192.0.2.${[null, ...cookies.keys()].indexOf(name)}`
    const response = await web.http.fetch(new Request(`https://stage.example${path}`, init), { address })
    const lines = [...response.headers].map(([key, value]) => `${key}: ${value}`)
    return [`${method} ${path}`, response.status, ...lines, await response.text()].join('\n')
  }

  /** Puts commands on the wire one behind the other, waits once, and gives each one's answer as it was written. */
  async function ask(client: Client, ...commands: Parameters<Client['send']>[0][]): Promise<string[]> {
    const from = client.raw.length
    const ids = commands.map((command) => client.send({ ...command, id: drawn.uuid() }))
    await settle()
    const frames = client.raw.slice(from)
    return ids.map((id) => frames.find((frame) => frame.includes(`"re":"${id}"`)) ?? '')
  }

  return { world, request, ask, turn: (n: number) => drawn.reseed(n) }
}
