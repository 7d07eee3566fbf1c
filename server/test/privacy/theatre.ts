// A full house over a real database: the sessions, hub and HTTP routes of one node, and every kind of person.
import { randomUUID } from 'node:crypto'
import { vi } from 'vitest'
import { createReadingPorts } from '../../adapters/pg/over-http.ts'
import { createOverlays } from '../../adapters/pg/overlays.ts'
import type { PrincipalKind } from '../../domain/privacy/principals.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import type { Frame, Hello } from '../../../shared/protocol/index.ts'
import { valueOf } from '../contracts/world.ts'
import type { TestEngine } from '../databases.ts'
import { createWorld } from '../harness.ts'
import type { Client } from '../harness.ts'
import { openStore } from '../store.ts'
import { createWorld as createWebWorld } from '../web-world.ts'
import { CAST } from './house.ts'

/** Beside the cast: another viewer, two who are judged, and a moderator of all streams of the host. */
const MORE = ['bob', 'cora', 'max'] as const
export type Actor = (typeof CAST)[keyof typeof CAST] | (typeof MORE)[number]
const ACCOUNTS: readonly Actor[] = ['vera', 'mona', 'hana', 'olga', 'max']
/** Whose session it is; null for those who have none. */
export const actorOf = (kind: PrincipalKind): Actor | null =>
  kind === 'AN' || kind === 'OV' ? null : CAST[kind]

/** The database answers in its own time. */
const SOON = { interval: 2, timeout: 10_000 }
const FAST = { burst: 1e6, everyMs: 1 }
const LIMITS = { commands: FAST, say: FAST, whisper: FAST, react: FAST, sockets: 100, queue: 1_000 }

export type Answered = { status: number; headers: [string, string][]; body: string }
export type Theatre = Awaited<ReturnType<typeof openTheatre>>

export async function openTheatre(engine: TestEngine) {
  const store = await openStore(engine)
  const { db, people, names, streams, journal, rights } = store
  const overlays = createOverlays(db.pool)
  const world = createWorld({
    ...{ limits: LIMITS, journal: () => journal, rights: () => rights, streams: () => streams },
    overlays,
  })
  const { clock } = world

  const ids = Object.fromEntries(
    [...Object.values(CAST), ...MORE].map((name) => [name, randomUUID()]),
  ) as Record<Actor, string>
  const show = randomUUID()
  const expiresAt = clock.now() + 86_400_000
  for (const [name, id] of Object.entries(ids)) {
    if (ACCOUNTS.includes(name as Actor)) {
      const none = { email: null, passwordHash: null }
      valueOf(await people.createAccount({ id, name, ...none, canHost: true, now: clock.now() }))
    } else await people.createGuest({ id, name })
    await people.createSession({ id: `session of ${id}`, principal: id, expiresAt })
  }
  const stream = { title: 'Show', description: '', startsAt: null }
  valueOf(await streams.create({ ...stream, id: show, slug: 'show', host: ids.hana }))
  valueOf(await streams.create({ ...stream, id: randomUUID(), slug: 'other', host: ids.olga }))
  valueOf(await journal.act(null, show, { type: 'state', state: 'live' }))
  valueOf(await overlays.set(ids.hana, show, 'key'))

  const web = createWebWorld({
    clock,
    viewersOf: (id) => world.first.chat.viewers(id),
    store: { people, names, streams, journal },
    reading: createReadingPorts(db.pool),
  })

  /** Without a name: nobody. */
  async function request(name: Actor | null, path: string, method = 'GET'): Promise<Answered> {
    const headers = new Headers()
    if (name !== null) {
      const claims = { session: `session of ${ids[name]}`, principal: ids[name], expiresAt }
      headers.set('cookie', `__Host-session=${await web.tokens.session(claims)}`)
    }
    // Far from every limit of how often somebody may ask.
    clock.step(60_000)
    const asked = new Request(`https://stage.example${path}`, { method, headers })
    const response = await web.http.fetch(asked, { address: `192.0.2.${name === null ? 1 : 2}` })
    return { status: response.status, headers: [...response.headers], body: await response.text() }
  }

  /** A socket that was welcomed or closed. Nobody comes with a pass of their own making, an overlay with its own. */
  async function join(kind: PrincipalKind, cursors?: Pick<Hello, 'cursors'>): Promise<Client> {
    const name = actorOf(kind)
    const client =
      name === null
        ? world.connect()
        : await world.join(name, {
            ...cursors,
            pass: { principal: ids[name], session: `session of ${ids[name]}`, stream: show },
          })
    if (name === null)
      client.hello({ ...cursors, pass: kind === 'OV' ? await world.overlayPass() : 'made up' })
    await vi.waitUntil(() => client.raw.length > 0 || client.closed() !== null, SOON)
    return client
  }

  async function ask(client: Client, command: Parameters<Client['send']>[0]) {
    const id = client.send({ ...command, id: command.id ?? randomUUID() })
    const answer = () => client.frames().find((frame) => 're' in frame && frame.re === id)
    await vi.waitUntil(() => answer() !== undefined, SOON)
    return answer() as Extract<Frame, { t: 'ok' | 'err' | 'page' }>
  }

  const act = (by: Actor, what: Parameters<typeof journal.act>[2]) =>
    world.first.append.act(ids[by], show, what).then(valueOf)
  /** What was said may be found to be of a kind that host and moderators look at first. */
  async function write(by: Actor, text: string, how: { to?: Actor; held?: boolean } = {}): Promise<string> {
    const fold = Buffer.alloc(32, text).toString('hex')
    const term = how.held === true ? ({ pattern: text, action: 'hold' } as const) : null
    const sent = await world.first.append.say({
      ...{ id: randomUUID(), cmid: randomUUID(), stream: show, sender: ids[by], text, replyTo: null },
      ...{ viewer: how.to === undefined ? null : ids[how.to] },
      traits: { fold, link: false, termsVer: 0, term },
    })
    return valueOf(sent).id!
  }
  const open = () => act('hana', { type: 'rules', rules: OPEN_RULES })

  async function close() {
    await world.first.stop()
    await store.close()
  }
  return { world, store, db, ids, show, web, request, join, ask, act, write, open, close }
}
