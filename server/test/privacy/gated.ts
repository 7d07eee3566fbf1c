// One run of a show behind gates: an open course, a hidden one woven into it, and what each witness heard.
import { mayEnter } from '../../domain/gate.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import { settle } from '../clock.ts'
import type { Client } from '../harness.ts'
import { WITNESSES } from './gated-course.ts'
import type { Inner, InnerStep, OpenStep, Secret, Turn, Witnessing } from './gated-course.ts'
import { CAST, createHouse } from './house.ts'
import type { Name, WorldOptions } from './house.ts'
import { createWitness } from './witness.ts'

const SHOW = '/api/streams/show'
const GUESSES = [{ passphrase: 'a guess' }, { invite: 'a-guess' }]
const nameOf = (kind: Witnessing): Name | null => (kind === 'AN' || kind === 'OV' ? null : CAST[kind])

/** Whom every gate of a course keeps out who does nothing about it. The tables say so, not the code that is tried. */
export function keptOut(course: readonly Turn[]): Witnessing[] {
  const gates = course.flatMap(({ step }) => (step.what === 'gate' ? [step.gate] : []))
  const visitor = { role: 'viewer', member: false, admitted: false, banned: false } as const
  const kinds = { AN: null, G: 'guest', V: 'account', OH: 'account' } as const
  const out = (kind: keyof typeof kinds) =>
    gates.every((gate) => mayEnter(gate, { ...visitor, kind: kinds[kind] }) !== null)
  return [...(Object.keys(kinds) as (keyof typeof kinds)[]).filter(out), 'BN']
}

export type GatedRun = {
  heard: ReadonlyMap<Witnessing, readonly string[]>
  /** Hidden: how often somebody got in, was refused, and was heard inside. */
  entered: number
  refused: number
  said: number
  /** In sight: how often a witness was let in. */
  welcomed: number
}

export async function playGated(
  course: readonly Turn[],
  { phrase, steps }: Secret,
  options: WorldOptions = {},
): Promise<GatedRun> {
  const house = await createHouse(options, ['cora', 'cleo'])
  const { world, request, ask } = house
  const count = { entered: 0, refused: 0, said: 0, welcomed: 0 }
  const witnesses = new Map(
    WITNESSES.map((kind) => [kind, createWitness(house, nameOf(kind), kind === 'OV')] as const),
  )
  const clients = new Map<Inner, Client>()
  const hana = await world.join('hana')
  clients.set('mona', await world.join('mona'))
  const ids: string[] = []
  const cora = world.person('cora')
  Object.assign(world.tables.people.get(cora)!, { kind: 'account' })
  /** They sit in another stream meanwhile, where nothing happens. */
  const elsewhere = await world.join('vera', { pass: { stream: world.stream('elsewhere', 'olga').id } })
  let keys = 0

  async function patch(body: object) {
    await request('hana', 'PATCH', SHOW, body)
    world.bus.publish({ type: 'revoked' })
    await settle()
  }
  const gateNow = () => world.tables.streams.get(world.show.id)!.gate
  /** What the gate asks for, as the host would tell it. */
  async function right() {
    if (gateNow() === 'passphrase') return { passphrase: keys === 0 ? phrase : `${phrase} ${keys}` }
    const page = await request('hana', 'GET', SHOW)
    return { invite: /#invite=([\w-]+)/.exec(page)?.[1] ?? 'none' }
  }
  const passed = (answer: string) => answer.split('\n')[1] === '204'

  async function perform(step: OpenStep) {
    if (step.what === 'gate') {
      keys = 0
      const passphrase = step.gate === 'passphrase' ? { passphrase: phrase } : {}
      return patch({ gate: { kind: step.gate, ...passphrase } })
    }
    const witness = witnesses.get(step.who)!
    const name = nameOf(step.who)
    switch (step.what) {
      case 'probe':
        return witness.probe(ids)
      case 'return':
        return witness.comeBack()
      case 'guess':
        for (const body of GUESSES) witness.note(await request(name, 'POST', `${SHOW}/enter`, body))
        return
      case 'enter':
        if (passed(await request(name, 'POST', `${SHOW}/enter`, await right()))) count.welcomed += 1
        return witness.join()
      case 'say': {
        const client = witness.client()
        if (client) await ask(client, { t: 'say', text: step.text })
      }
    }
  }

  async function tryIt(step: Extract<InnerStep, { times: number }>) {
    const enter = (body: unknown) => request(step.who, 'POST', `${SHOW}/enter`, body)
    if (step.what === 'enter') {
      if (passed(await enter(await right()))) count.entered += 1
    } else if (step.what === 'wrong')
      for (let n = 0; n < step.times; n++) count.refused += passed(await enter(GUESSES[n % 2])) ? 0 : 1
    else for (const path of ['', '/messages', '/recordings']) await request(step.who, 'GET', SHOW + path)
  }

  async function hide(step: InnerStep): Promise<unknown> {
    if ('times' in step) return tryIt(step)
    if (!('who' in step)) {
      const last = ids.at(-1)
      switch (step.what) {
        case 'enrol':
        case 'ban':
        case 'unban':
          return ask(hana, { t: step.what, target: cora })
        case 'pin':
          return last === undefined ? null : ask(hana, { t: 'pin', target: last })
        case 'review':
          return ask(hana, { t: 'rules', rules: { ...OPEN_RULES, review: true } })
        case 'describe':
          return patch({ description: step.text })
        case 'rekey': {
          const kind = gateNow()
          const passphrase = kind === 'passphrase' ? { passphrase: `${phrase} ${++keys}` } : { reset: true }
          return kind === 'accounts' || kind === 'members'
            ? undefined
            : patch({ gate: { kind, ...passphrase } })
        }
      }
    }
    return move(step)
  }

  async function move({ who, what, text }: Extract<InnerStep, { who: Inner; text: string }>) {
    const client = who === 'hana' ? hana : clients.get(who)
    if (what === 'come' && who !== 'hana') {
      client?.leave()
      clients.set(who, await world.join(who))
    } else if (what === 'leave' && who !== 'hana') client?.leave()
    else if (client && client.closed() === null) {
      const own = ids.at(-1)
      const command = {
        ...{ come: null, leave: null, react: { t: 'react', emoji: '🔥' } as const },
        say: { t: 'say', text } as const,
        whisper: { t: 'whisper', text, ...(who === 'hana' ? { to: cora } : {}) } as const,
        delete: own === undefined ? null : ({ t: 'delete', target: own } as const),
      }[what]
      const [answer = ''] = command ? await ask(client, command) : []
      const { t, id } = JSON.parse(answer === '' ? '{}' : answer) as { t?: string; id?: string }
      if (t === 'ok' && id !== undefined && what !== 'delete') {
        ids.push(id)
        count.said += 1
      }
    }
  }

  for (const witness of witnesses.values()) await witness.join()
  for (const [turn, { step, ms }] of course.entries()) {
    house.turn(1_000 + turn)
    await perform(step)
    for (const each of steps[turn] ?? []) await hide(each)
    await world.clock.advance(ms)
  }
  await world.clock.advance(60_000)
  for (const [n, witness] of [...witnesses.values()].entries()) {
    house.turn(2_000 + n)
    await witness.join()
    await witness.probe(ids)
    for (const body of GUESSES)
      witness.note(await request(nameOf(WITNESSES[n]!), 'POST', `${SHOW}/enter`, body))
    await witness.comeBack()
    witness.leave()
  }
  await settle()
  await world.first.stop()
  if (world.faults.length > 0) throw world.faults[0]?.error
  const heard = new Map(
    [...witnesses].map(([kind, witness]) => [
      kind,
      kind === 'V' ? [...witness.heard(), ...elsewhere.raw] : witness.heard(),
    ]),
  )
  return { heard, ...count }
}
