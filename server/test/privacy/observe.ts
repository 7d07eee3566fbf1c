// One run of a show: a public course, a secret one woven into it at the same points, and what everybody else heard.
import { createHash } from 'node:crypto'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import { settle } from '../clock.ts'
import type { PublicTurn, SecretStep } from './course.ts'
import { CAST, FLOOD, createHouse } from './house.ts'
import type { House, Name, WorldOptions } from './house.ts'
import { createWitness } from './witness.ts'
import type { Witness } from './witness.ts'

export const WITNESSES = ['AN', 'G', 'V', 'M', 'OH', 'BN', 'OV'] as const
const nameOf = (kind: (typeof WITNESSES)[number]): Name | null =>
  kind === 'AN' || kind === 'OV' ? null : CAST[kind]

/** What was really written: in private, in public, and in public but held. */
export type Heard = Record<(typeof WITNESSES)[number], { hash: string; lines: readonly string[] }>
export type Run = { heard: Heard; secrets: number; publics: number; held: number }

type Asked = Parameters<House['ask']>[1]
const idIn = (answer: string | undefined): string[] => {
  const { t, id } = JSON.parse(answer === undefined || answer === '' ? '{}' : answer) as Record<
    string,
    string
  >
  return t === 'ok' && id !== undefined ? [id] : []
}

export async function observe(
  course: readonly PublicTurn[],
  secrets: readonly (readonly SecretStep[])[],
  options: WorldOptions = {},
): Promise<Run> {
  const house = await createHouse(options)
  const { world } = house
  const witnesses = new Map<string, Witness>()
  for (const kind of WITNESSES) witnesses.set(kind, createWitness(house, nameOf(kind), kind === 'OV'))
  for (const each of witnesses.values()) await each.join()
  const stage = await openStage(house)
  const speaker = (name: Name) => {
    const kind = WITNESSES.find((each) => nameOf(each) === name)
    return kind ? (witnesses.get(kind)?.client() ?? null) : stage.client(name)
  }

  async function perform({ who, what, text }: PublicTurn['step']) {
    const kind = WITNESSES.find((each) => nameOf(each) === who)
    const witness = kind && witnesses.get(kind)
    if (what === 'probe') await witness?.probe(stage.secretIds())
    else if (what === 'return') await (witness ? witness.comeBack() : stage.comeBack(who))
    else {
      const client = speaker(who)
      const command = client && stage.command(who, what, text)
      if (command) stage.said(who, await house.ask(client, command))
    }
  }

  for (const [turn, { step, rush, ms }] of course.entries()) {
    for (const secret of secrets[turn] ?? []) await stage.hide(secret, rush)
    house.turn(1_000 + turn)
    await perform(step)
    await world.clock.advance(ms)
  }
  // Long enough for every position to be told, every timer to fire and every bucket to be full.
  await world.clock.advance(30_000)
  for (const [n, witness] of [...witnesses.values()].entries()) {
    house.turn(2_000 + n)
    await witness.join()
    await witness.probe(stage.secretIds())
    await witness.resumeEverywhere()
  }
  await settle()
  await world.first.stop()
  if (world.faults.length > 0) throw world.faults[0]?.error
  const entries = WITNESSES.map((kind) => {
    const lines = witnesses.get(kind)?.heard() ?? []
    return [kind, { hash: createHash('sha256').update(lines.join('\n')).digest('hex'), lines }] as const
  })
  return { heard: Object.fromEntries(entries) as Heard, ...stage.tally() }
}

/** Those who are not listened to: hana, and bob with two tabs, so that the head count does not tell when one goes. */
async function openStage(house: House) {
  const { world, ask, request } = house
  const bob = world.person('bob')
  const clients = new Map<Name, Awaited<ReturnType<typeof world.join>>>()
  for (const name of ['hana', 'bob', 'bob'] as const) clients.set(name, await world.join(name))
  const client = (name: Name) => clients.get(name) ?? null
  const publics: { who: Name; id: string }[] = []
  const held: string[] = []
  const written: string[] = []
  const answered: string[] = []

  async function comeBack(who: Name) {
    const before = client(who)
    if (!before) return
    const logs = before.of('welcome')[0]?.logs ?? []
    before.leave()
    const cursors = logs.map(({ log, epoch }) => ({ log, epoch, seq: 0 }))
    clients.set(who, await world.join(who, { cursors }))
  }

  function command(who: Name, what: PublicTurn['step']['what'], text: string): Asked | null {
    const last = publics.at(-1)?.id
    const own = publics.filter((each) => each.who === who).at(-1)?.id
    const heldId = held.at(-1)
    switch (what) {
      case 'say':
        return { t: 'say', text }
      case 'reply':
        return { t: 'say', text, ...(last === undefined ? {} : { replyTo: last }) }
      case 'delete':
        return own === undefined ? null : { t: 'delete', target: own }
      case 'react':
        return { t: 'react', emoji: '🔥' }
      case 'whisper': // bob's own are the secret
        return who === 'hana' || who === 'bob' ? null : { t: 'whisper', text }
      case 'answer':
        return who === 'hana' ? { t: 'whisper', text, to: world.person('ada') } : null
      case 'pin':
        return last === undefined ? null : { t: 'pin', target: last }
      case 'unpin':
        return { t: 'unpin' }
      case 'slow':
        return { t: 'slow', seconds: text.length % 7 }
      case 'open':
        return { t: 'rules', rules: OPEN_RULES }
      case 'review':
        return { t: 'rules', rules: { ...OPEN_RULES, review: true } }
      case 'repeats':
        return { t: 'rules', rules: { ...OPEN_RULES, duplicateSeconds: 300 } }
      case 'links':
        return { t: 'rules', rules: { ...OPEN_RULES, links: 'held' } }
      case 'late':
        return { t: 'rules', rules: { ...OPEN_RULES, delaySeconds: 6 } }
      case 'approve':
      case 'reject':
        return heldId === undefined ? null : { t: what, target: heldId }
      case 'report':
        return last === undefined
          ? null
          : { t: 'report', target: last, reason: 'spam', note: text.slice(0, 9) }
      case 'resolve':
        return last === undefined ? null : { t: 'resolve', target: last }
      case 'timeout':
        return { t: 'timeout', target: bob, seconds: 10, reason: 'enough' }
      case 'note':
        return { t: 'note', target: bob, text: text.trim() === '' ? 'a note' : text }
      case 'lift':
      case 'wipe':
      case 'block':
      case 'unblock':
        return { t: what, target: bob }
      case 'ban':
      case 'unban': // somebody who is not here
        return { t: what, target: world.person('cora') }
      case 'probe':
      case 'return':
      case 'stay':
        return null
    }
  }

  /** `rush`: the next step does not wait for the answer, so that they may share a commit. */
  async function send(from: 'bob' | 'hana', rush: boolean, into: string[], asked: Asked) {
    const answers = ask(client(from)!, asked).then(([answer]) => void into.push(...idIn(answer)))
    if (!rush) await answers
  }

  async function hide({ what, text }: SecretStep, rush: boolean) {
    const at = (ids: readonly string[]) => ids.at(-1)
    const mine = at(written)
    const hers = at(answered)
    switch (what) {
      case 'write':
        return send('bob', rush, written, { t: 'whisper', text })
      case 'reply':
        return send('bob', rush, written, { t: 'whisper', text, ...(hers ? { replyTo: hers } : {}) })
      case 'answer':
        return send('hana', rush, answered, {
          ...{ t: 'whisper', text, to: bob },
          ...(mine ? { replyTo: mine } : {}),
        })
      case 'delete':
        return mine === undefined ? undefined : send('bob', rush, [], { t: 'delete', target: mine })
      case 'deleteAnswer':
        return hers === undefined ? undefined : send('hana', rush, [], { t: 'delete', target: hers })
      case 'read':
        return send('hana', rush, [], { t: 'read', log: 'thread', viewer: bob, from: 1, to: 100 })
      case 'flood':
        await ask(client('bob')!, ...Array.from({ length: FLOOD }, () => ({ t: 'whisper', text }) as const))
        return
      case 'garbage':
        client('bob')!.say(JSON.stringify({ t: 'whisper', text, seq: 7 }))
        return settle()
      case 'return':
        return comeBack('bob')
      case 'export':
        await request('bob', 'GET', '/api/me/export')
        await request('hana', 'GET', '/api/streams/show/export/private')
    }
  }

  return {
    client,
    comeBack,
    command,
    hide,
    said(who: Name, answers: readonly string[]) {
      for (const answer of answers)
        if (answer.includes('"held":true')) held.push(...idIn(answer))
        else publics.push(...idIn(answer).map((id) => ({ who, id })))
    },
    tally: () => ({ secrets: written.length + answered.length, publics: publics.length, held: held.length }),
    secretIds: () => [...written, ...answered],
  }
}
