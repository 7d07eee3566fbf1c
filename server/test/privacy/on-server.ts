// The same course of a show on a real server: processes, sockets, HTTP and a database, and what everybody else heard.
import { randomUUID } from 'node:crypto'
import { vi } from 'vitest'
import type { Me } from '../../../shared/api/identity.ts'
import type { OverlayLink, OverlayPass } from '../../../shared/api/overlay.ts'
import type { Pass, StreamCard } from '../../../shared/api/streams.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import type { Cursor, Frame, LogName, Request } from '../../../shared/protocol/index.ts'
import { createPerson, openChat, type ChatSocket, type Person } from '../client.ts'
import type { ServerProcess } from '../server-process.ts'
import { answered, createCanonical, settled, unordered } from './canonical.ts'
import type { PublicTurn, SecretStep } from './course.ts'

type Command = Request extends infer R ? (R extends { id: string } ? Omit<R, 'id'> : never) : never
export const LISTENERS = ['AN', 'G', 'V', 'M', 'OH', 'BN', 'OV'] as const
export type Listener = (typeof LISTENERS)[number]
/** Pairs are hosted in turn: how often somebody makes a key for an overlay is bounded. */
export type Stage = { server: ServerProcess; hosts: readonly Person[]; vera: Person; olga: Person }
/** Steps that need no turning of clocks, and that happen to nobody for good. */
export const PLAYED = ['say', 'reply', 'delete', 'react', 'whisper', 'pin', 'unpin', 'open', 'review', 'repeats', 'approve', 'report', 'resolve', 'timeout', 'lift', 'wipe', 'note', 'block', 'unblock', 'probe', 'return', 'stay'] as const // prettier-ignore

/** More than one person may send in private at once. */
const FLOOD = 45
export const ENV = {
  MESSAGES_PER_SECOND: '8',
  CHAT_COMMANDS_PER_SECOND: '10000',
  CHAT_SOCKETS_PER_PERSON: '100',
  GUESTS_PER_MINUTE: '100000',
  PASSES_PER_MINUTE: '100000',
  TRUST_PROXY: '1',
}
const SOON = { interval: 5, timeout: 15_000 }
const NOTHING = '00000000-0000-4000-8000-000000000000'

let runs = 0

export async function playOnServer(
  { server, hosts, vera, olga }: Stage,
  course: readonly PublicTurn[],
  secrets: readonly (readonly SecretStep[])[],
): Promise<{ heard: Record<Listener, string[]>; secrets: number }> {
  const run = runs++
  const host = hosts[Math.floor(run / 2) % hosts.length]!
  const { slug } = await host.call<StreamCard>('POST', '/api/streams', { title: 'Show', slug: `run-${run}` })
  const guest = async (name: string) => {
    const person = createPerson(server.url)
    await person.call<Me>('POST', '/api/guest', { name })
    return person
  }
  const [ada, mona, boris, bob] = await Promise.all(['ada', 'mona', 'boris', 'bob'].map(guest))
  const people = { ada, vera, mona, boris, bob, hana: host, olga } as Record<string, Person>
  const idOf = async (person: Person) => (await person.call<Me>('GET', '/api/me')).principal?.id ?? ''
  const bobId = await idOf(people['bob']!)

  const link = await host.call<OverlayLink>('POST', `/api/streams/${slug}/overlay-key`)
  const key = new URL(link.url).hash.slice(1)
  const stage = await host.join(slug)
  await stage.ask({ t: 'appoint', target: await idOf(people['mona']!) })
  await stage.ask({ t: 'ban', target: await idOf(people['boris']!) })
  // Two tabs, so that the head count does not tell when one of them goes; hana's private matters have a tab as well.
  const tabs = {
    bob: await people['bob']!.join(slug),
    hana: await host.join(slug),
    spare: await people['bob']!.join(slug),
  }

  function listen(kind: Listener, person: Person | null) {
    const heard: string[] = []
    const asked: string[] = []
    const canonical = createCanonical({
      [`run-${run}`]: 'SHOW',
      [`vera-${run}`]: 'VERA',
      [`olga-${run}`]: 'OLGA',
    })
    let socket: ChatSocket | null = null
    const address = `10.${run >> 8}.${run & 255}.${LISTENERS.indexOf(kind) + 1}`

    async function http(method: string, path: string): Promise<void> {
      const cookie = person?.cookie() ?? ''
      const response = await fetch(server.url + path, {
        method,
        headers: {
          ...{ 'x-forwarded-for': address, origin: server.url, 'content-type': 'application/json' },
          ...(cookie === '' ? {} : { cookie }),
        },
        ...(method === 'POST' ? { body: '{}' } : {}),
      })
      const text = await response.text()
      // For nobody a guest is made up on the spot: its name is drawn at random too.
      const body =
        person === null && path.endsWith('/pass') ? text.replace(/"name":"[^"]*"/, '"name":"GUEST"') : text
      const made = path === '/api/me/export' && response.ok ? unordered(body) : body
      heard.push(canonical(`${method} ${path} ${answered(response, made)}`))
    }
    async function leave() {
      if (!socket) return
      await caughtUp(socket)
      heard.push(...settled([socket.welcome, ...socket.frames], asked.splice(0)).map(canonical))
      socket.close()
      await socket.closed
      socket = null
    }
    async function join(cursors?: Cursor[]) {
      await leave()
      if (kind === 'AN' || kind === 'BN') return
      const { pass } = await (person
        ? person.call<Pass>('POST', `/api/streams/${slug}/pass`, {})
        : createPerson(server.url).call<OverlayPass>('POST', `/api/streams/${slug}/overlay-pass`, { key }))
      socket = await openChat(server.url, pass, cursors)
    }
    async function ask(...commands: Command[]): Promise<Frame[]> {
      const open = socket
      if (!open) return []
      const ids = commands.map(() => randomUUID())
      asked.push(...ids)
      return Promise.all(commands.map((command, i) => exchange(open, command, ids[i])))
    }
    const cursorsAt = (seq: number): Cursor[] =>
      (socket?.welcome.logs ?? []).map(({ log, epoch }) => ({ log, epoch, seq }))

    return {
      heard,
      join,
      ask,
      leave,
      comeBack: () => join(cursorsAt(0)),
      async probe(hidden: readonly string[]) {
        const path = `/api/streams/${slug}`
        for (const each of [
          '',
          '/messages',
          '/messages?before=4',
          '/search?q=hello',
          '/replay',
          `/people/${bobId}`,
          `/people/${NOTHING}`,
          '/team',
        ])
          await http('GET', path + each)
        for (const each of ['/api/me', '/api/streams/nothing', '/healthz']) await http('GET', each)
        // Accounts are the same in every run: they have what they wrote in all of them, and how often they export is
        // counted over all of them.
        if (person !== vera && person !== olga) {
          for (const each of ['public', 'private', 'audit']) await http('GET', `${path}/export/${each}`)
          await http('GET', '/api/me/export')
        }
        await http('POST', `${path}/pass`)
        const page = { from: 1, to: 100 }
        const targets = [NOTHING, ...hidden.slice(0, 2)]
        while (targets.length < 3) targets.push(NOTHING)
        await ask(
          { t: 'read', log: 'thread', viewer: bobId, ...page },
          { t: 'read', log: 'thread', viewer: NOTHING, ...page },
          ...(['room', 'thread', 'inbox', 'backstage'] as const).map(
            (log) => ({ t: 'read', log, ...page }) as const,
          ),
          ...targets.flatMap((target): Command[] => [
            { t: 'delete', target },
            { t: 'pin', target },
            { t: 'approve', target },
            { t: 'report', target, reason: 'other' },
            { t: 'whisper', text: 'quoting', replyTo: target },
          ]),
        )
      },
      /** From both ends and the middle; the in-memory test does it from every seq. */
      async resume() {
        const newest = Math.max(0, ...(socket?.welcome.logs ?? []).map(({ seq }) => seq))
        for (const seq of new Set([0, 1, newest >> 1, newest])) await join(cursorsAt(seq))
        await leave()
      },
    }
  }
  const listeners = new Map(
    LISTENERS.map((kind) => {
      const name = { AN: '', G: 'ada', V: 'vera', M: 'mona', OH: 'olga', BN: 'boris', OV: '' }[kind]
      return [kind, listen(kind, people[name] ?? null)] as const
    }),
  )
  for (const each of listeners.values()) await each.join()

  const publics: { who: string; id: string }[] = []
  const held: string[] = []
  const written: string[] = []
  const answeredIds: string[] = []
  const speakers: Record<string, Listener> = { ada: 'G', vera: 'V', mona: 'M', olga: 'OH' }

  function command({ who, what, text }: PublicTurn['step']): Command | null {
    const last = publics.at(-1)?.id
    const own = publics.filter((each) => each.who === who).at(-1)?.id
    const at = (id: string | undefined, t: 'delete' | 'pin' | 'resolve' | 'approve') =>
      id === undefined ? null : { t, target: id }
    switch (what) {
      case 'say':
        return { t: 'say', text }
      case 'reply':
        return { t: 'say', text, ...(last === undefined ? {} : { replyTo: last }) }
      case 'whisper':
        return who === 'hana' || who === 'bob' ? null : { t: 'whisper', text }
      case 'react':
        return { t: 'react', emoji: '🔥' }
      case 'delete':
        return at(own, what)
      case 'pin':
      case 'resolve':
        return at(last, what)
      case 'approve':
        return at(held.at(-1), what)
      case 'report':
        return last === undefined ? null : { t: 'report', target: last, reason: 'spam' }
      case 'unpin':
        return { t: 'unpin' }
      case 'open':
      case 'review':
        return { t: 'rules', rules: { ...OPEN_RULES, review: what === 'review' } }
      case 'repeats':
        return { t: 'rules', rules: { ...OPEN_RULES, duplicateSeconds: 300 } }
      case 'timeout':
        return { t: 'timeout', target: bobId, seconds: 600, reason: 'enough' }
      case 'note':
        return { t: 'note', target: bobId, text: 'a note' }
      case 'lift':
      case 'wipe':
      case 'block':
      case 'unblock':
        return { t: what, target: bobId }
      case 'probe':
      case 'return':
      case 'stay':
      case 'answer':
      case 'ban':
      case 'unban':
      case 'late':
      case 'links':
      case 'reject':
      case 'slow':
        return null
    }
  }

  async function perform(step: PublicTurn['step']) {
    const listener = speakers[step.who] && listeners.get(speakers[step.who]!)
    if (step.what === 'probe') return listener ? listener.probe([...written, ...answeredIds]) : undefined
    if (step.what === 'return') return listener ? listener.comeBack() : undefined
    const wanted = command(step)
    if (!wanted) return
    const [frame] = listener
      ? await listener.ask(wanted)
      : [await exchange(step.who === 'hana' ? stage : tabs.spare, wanted)]
    if (frame?.t !== 'ok' || frame.id === undefined) return
    if (frame.held) held.push(frame.id)
    else publics.push({ who: step.who, id: frame.id })
  }

  async function hide({ what, text }: SecretStep): Promise<void> {
    const send = async (from: 'bob' | 'hana', wanted: Command, into: string[] = []) => {
      const frame = await exchange(tabs[from], wanted)
      if (frame.t === 'ok' && frame.id !== undefined) into.push(frame.id)
    }
    const mine = written.at(-1)
    const hers = answeredIds.at(-1)
    switch (what) {
      case 'write':
        return send('bob', { t: 'whisper', text }, written)
      case 'reply':
        return send('bob', { t: 'whisper', text, ...(hers ? { replyTo: hers } : {}) }, written)
      case 'answer':
        return send(
          'hana',
          { t: 'whisper', text, to: bobId, ...(mine ? { replyTo: mine } : {}) },
          answeredIds,
        )
      case 'delete':
        return mine === undefined ? undefined : send('bob', { t: 'delete', target: mine })
      case 'deleteAnswer':
        return hers === undefined ? undefined : send('hana', { t: 'delete', target: hers })
      case 'flood':
        await Promise.all(Array.from({ length: FLOOD }, () => exchange(tabs.bob, { t: 'whisper', text })))
        return
      case 'garbage':
        await exchange(tabs.bob, { t: 'whisper', text: '' })
        return
      case 'read':
        await exchange(tabs.hana, { t: 'read', log: 'thread', viewer: bobId, from: 1, to: 100 })
        return
      case 'return':
        tabs.bob.close()
        await tabs.bob.closed
        tabs.bob = await people['bob']!.join(slug)
        return
      case 'export':
        await Promise.all(
          [
            fetch(`${server.url}/api/me/export`, { headers: { cookie: people['bob']!.cookie() } }),
            fetch(`${server.url}/api/streams/${slug}/export/private`, { headers: { cookie: host.cookie() } }),
          ].map(async (asked) => (await asked).text()),
        )
    }
  }

  for (const [turn, { step, rush }] of course.entries()) {
    const hiding = (async () => {
      for (const secret of secrets[turn] ?? []) await hide(secret)
    })()
    if (!rush) await hiding
    await perform(step)
    await hiding
  }
  for (const each of listeners.values()) {
    await each.join()
    await each.probe([...written, ...answeredIds])
    await each.resume()
  }
  for (const socket of [stage, ...Object.values(tabs)]) socket.close()
  const heard = Object.fromEntries([...listeners].map(([kind, { heard: lines }]) => [kind, lines]))
  return { heard: heard as Record<Listener, string[]>, secrets: written.length + answeredIds.length }
}

/** A command and its answer, also when that is a page. */
async function exchange(socket: ChatSocket, command: Command, id: string = randomUUID()): Promise<Frame> {
  socket.ask(command, id).catch(() => undefined)
  return socket.seen((frame): frame is Frame => 're' in frame && frame.re === id)
}

/** Every log that this socket follows has told it everything up to now. */
async function caughtUp(socket: ChatSocket): Promise<void> {
  for (const { log, seq } of socket.welcome.logs) {
    const page = await exchangePage(socket, log, seq)
    const last = () =>
      Math.max(
        seq,
        ...socket.frames.flatMap((frame) =>
          frame.t === 'entries' && frame.log === log ? frame.entries.map((entry) => entry.seq) : [],
        ),
      )
    await vi.waitUntil(() => last() >= page, SOON)
  }
}

/** The newest seq of a log. Its answer is not heard: who listens did not ask for it. */
async function exchangePage(socket: ChatSocket, log: LogName, from: number): Promise<number> {
  const frame = await exchange(socket, { t: 'read', log, from: from + 1, to: from + 100 })
  return frame.t === 'page' ? (frame.entries.at(-1)?.seq ?? from) : from
}
