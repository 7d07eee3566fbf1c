// Somebody who listens: every byte of every socket they ever had here, and of every answer they got over HTTP, while
// they poke at what is not theirs.
import { settle } from '../clock.ts'
import type { Client } from '../harness.ts'
import { idOf } from '../random.ts'
import type { House, Name } from './house.ts'

/** Ids in the form of everybody's that belong to nothing. */
const NOTHING = [1, 2, 3].map((n) => idOf(`nothing ${n}`))
const SECRETS = 4

export type Witness = {
  heard(): readonly string[]
  client(): Client | null
  join(): Promise<void>
  leave(): void
  /** Something else that it was told. */
  note(told: string): void
  /** Hangs up and comes back with the positions of the beginning. */
  comeBack(): Promise<void>
  /** Asks for everything there is to ask for. `secrets`: ids that exist and are not theirs. */
  probe(secrets: readonly string[]): Promise<void>
  /** Comes back once for every seq there is. */
  resumeEverywhere(): Promise<void>
}

/** `name` null: nobody, who has no session and no socket, or with `overlay` that of an overlay. */
export function createWitness(house: House, name: Name | null, overlay = false): Witness {
  const { world, request, ask } = house
  const heard: string[] = []
  const bob = world.person('bob')
  let client: Client | null = null

  function leave() {
    if (!client) return
    heard.push(...client.raw, `closed ${JSON.stringify(client.closed())}`)
    client.leave()
    client = null
  }

  async function join(cursors?: Parameters<typeof world.join>[1]) {
    leave()
    if (overlay) {
      client = world.connect()
      client.hello({ ...cursors, pass: await world.overlayPass() })
      await settle()
    } else if (name === null) return
    else client = await world.join(name, cursors)
    if (client.closed()) leave()
  }

  /** As the welcome of the open socket names them. */
  function logs() {
    return client?.of('welcome')[0]?.logs ?? []
  }

  async function resumeAt(seq: number) {
    const cursors = logs().map(({ log, epoch }) => ({ log, epoch, seq }))
    await join({ cursors })
  }

  async function probe(secrets: readonly string[]) {
    // As many in every run: whoever has fewer secrets is asked about more of nothing.
    const targets = [...NOTHING, ...secrets.slice(0, SECRETS)]
    while (targets.length < NOTHING.length + SECRETS) targets.push(NOTHING[0]!)
    for (const [method, path, body] of requests(bob)) heard.push(await request(name, method, path, body))
    if (!client) return
    await ask(client, ...reads(bob), ...targets.flatMap((target) => acts(target)))
  }

  return {
    heard: () => heard,
    client: () => client,
    join: () => join(),
    leave,
    note: (told) => void heard.push(told),
    comeBack: () => resumeAt(0),
    probe,
    async resumeEverywhere() {
      const newest = Math.max(0, ...logs().map(({ seq }) => seq))
      for (let seq = 0; seq <= newest + 1; seq++) await resumeAt(seq)
      await settle()
      leave()
    },
  }
}

type Asked = Parameters<House['ask']>[1]

/** What is there for somebody else, and what is there for nobody: they have to look the same. */
function reads(bob: string): Asked[] {
  const page = { from: 1, to: 50 }
  return [
    ...[bob, ...NOTHING.slice(0, 1)].map(
      (viewer) => ({ t: 'read', log: 'thread', viewer, ...page }) as const,
    ),
    ...(['inbox', 'thread', 'room', 'backstage'] as const).map(
      (log) => ({ t: 'read', log, ...page }) as const,
    ),
    { t: 'whisper', text: 'to another viewer', to: bob },
  ]
}

/** Commands with an id of something that is not theirs. None of them changes anything. */
function acts(target: string): Asked[] {
  return [
    { t: 'delete', target },
    { t: 'pin', target },
    { t: 'report', target, reason: 'other' },
    { t: 'approve', target },
    { t: 'reject', target },
    { t: 'resolve', target },
    { t: 'wipe', target },
    { t: 'note', target, text: 'of nobody' },
    { t: 'say', text: 'quoting', replyTo: target },
    { t: 'whisper', text: 'quoting', replyTo: target },
  ]
}

function requests(bob: string): [method: string, path: string, body?: unknown][] {
  const stream = '/api/streams/show'
  return [
    ['GET', '/api/me'],
    ['GET', '/api/streams'],
    ['GET', stream],
    ['GET', '/api/streams/other'],
    ['GET', '/api/streams/nothing'],
    ['GET', '/api/studio/streams'],
    ['GET', `${stream}/messages`],
    ['GET', `${stream}/messages?before=5`],
    ['GET', `${stream}/search?q=hello`],
    ['GET', `${stream}/replay`],
    ['GET', `${stream}/export/public`],
    ['GET', `${stream}/export/private`],
    ['GET', `${stream}/export/audit`],
    ['GET', `${stream}/people/${bob}`],
    ['GET', `${stream}/people/${NOTHING[0]!}`],
    ['GET', `${stream}/team`],
    ['GET', '/api/me/export'],
    ['POST', `${stream}/pass`, {}],
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['GET', '/metrics'],
  ]
}
