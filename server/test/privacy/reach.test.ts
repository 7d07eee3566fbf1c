// P33 for what takes things out of the logs: every cell of the reach tables against the HTTP interface. There is no
// overlay over HTTP: its column is what nobody can ask.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REACH_IDS, reachRows, type ReachId } from '../../domain/privacy/reach.ts'
import type { ObjectId, ReadCell } from '../../domain/privacy/read.ts'
import type { PrincipalKind } from '../../domain/privacy/principals.ts'
import { engines } from '../databases.ts'
import { openReading } from '../reading-world.ts'
import { openStore, type Store } from '../store.ts'

const PATHS: Record<ReachId, string> = {
  search: '/search?q=needle',
  exportPublic: '/export/public',
  exportPrivate: '/export/private',
  exportAudit: '/export/audit',
  exportMine: '/api/me/export',
  replay: '/replay',
}
type Kind = Exclude<PrincipalKind, 'OV'>
const KINDS: Kind[] = ['AN', 'G', 'V', 'M', 'H', 'OH', 'BN']
/** Whom objects of every kind concern: one each, where such an object can be. */
const CONCERNED: Kind[] = ['G', 'V', 'M', 'H', 'OH', 'BN']

/** What a surface shows: the words of an object (as a pattern), or its id alone. */
type Trace = { words: string; id?: string }

async function openHouse(store: Store) {
  const stage = await openReading(store)
  const { say, act, rules, ada, bob, mod, host, carol, stream } = stage
  const [banned, friend] = [crypto.randomUUID(), crypto.randomUUID()]
  await store.people.createGuest({ id: banned, name: 'Ben' })
  await store.people.createGuest({ id: friend, name: 'Fay' })
  const ids: Record<Kind, string | null> = {
    AN: null,
    G: bob,
    V: ada,
    M: mod,
    H: host,
    OH: carol,
    BN: banned,
  }
  const traces = new Map<string, Trace>()
  const words = (object: ObjectId, kind: Kind) => `needle ${object}x${kind}`
  const keep = (object: ObjectId, kind: Kind, id?: string) =>
    traces.set(`${object} ${kind}`, { words: words(object, kind), ...(id === undefined ? {} : { id }) })

  await act(null, { type: 'state', state: 'live' })
  for (const kind of CONCERNED) {
    const who = ids[kind] ?? ''
    const isHost = kind === 'H'
    const viewer = isHost ? friend : who
    const write = async (object: ObjectId, sender: string, more: object = {}) => {
      const { id } = await say(sender, words(object, kind), more)
      keep(object, kind, id)
      return id ?? ''
    }
    const spoken = await write('O1', who)
    await act(host, { type: 'delete', target: await write('O5', who) })
    // Of the host: what a viewer wrote to it, and what it wrote to a viewer.
    await write('O2', viewer, { viewer })
    await write('O3', host, { viewer })
    await act(host, { type: 'delete', target: await write('O6', isHost ? host : who, { viewer }) })
    if (isHost) continue
    await act(who, {
      type: 'report',
      target: (await say(host, 'reported')).id!,
      reason: 'spam',
      note: words('O11', kind),
    })
    keep('O11', kind)
    await act(host, { type: 'note', target: who, text: words('O12', kind) })
    keep('O12', kind)
    await act(host, { type: 'pin', target: spoken })
    if (kind === 'M') continue
    await act(host, { type: 'timeout', target: who, seconds: 60, reason: words('O13', kind) })
    // A deed and the notice of it say the same, each in its own place.
    const said = `(?:[^{}]|\\{[^{}]*\\})*${words('O13', kind)}`
    traces.set(`O10 ${kind}`, { words: `"notice":\\{${said}` })
    traces.set(`O13 ${kind}`, { words: `"deed":\\{${said}` })
    await act(host, { type: 'lift', target: who })
    await rules({ review: true })
    await write('O7', who)
    await rules({})
  }
  await store.ban(stream, banned, null)

  async function ask(kind: Kind, reach: ReachId): Promise<string> {
    const path = reach === 'exportMine' ? PATHS[reach] : stage.at + PATHS[reach]
    const browser = await stage.as(ids[kind])
    const answer = async (more: string) => {
      const { status, body } = await browser.get(path + more)
      return status === 200 ? (typeof body === 'string' ? body : JSON.stringify(body)) : ''
    }
    const first = await answer('')
    const before = reach === 'search' ? /"before":"([^"]+)"/.exec(first)?.[1] : undefined
    return before === undefined ? first : first + (await answer(`&before=${before}`))
  }
  return { traces, ask }
}

/** What of an object of somebody's shows. A tombstone is an id without its words. */
function seen(text: string, { words, id }: Trace): 'whole' | 'tombstone' | 'nothing' {
  if (new RegExp(`${words}\\b`).test(text)) return 'whole'
  return id !== undefined && text.includes(`"id":"${id}"`) ? 'tombstone' : 'nothing'
}
const EXPECTED: Record<Exclude<ReadCell, 'never'>, [own: string, others: string]> = {
  Y: ['whole', 'whole'],
  own: ['whole', 'nothing'],
  T: ['tombstone', 'tombstone'],
  'T+': ['whole', 'whole'],
  'own T': ['tombstone', 'nothing'],
  '-': ['nothing', 'nothing'],
}
/** Notices to all carry no words of anybody: the kind of entry says that they are there. */
const MARKS: Partial<Record<ObjectId, string>> = { O4: '"type":"pinned"', O9: '"type":"ruled"' }

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`reach on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    test('P33 P28 P29 P30 search, exports and replay give out what the tables say, cell by cell', async () => {
      const { traces, ask } = await openHouse(store)
      let cells = 0
      for (const reach of REACH_IDS)
        for (const kind of KINDS) {
          const text = await ask(kind, reach)
          for (const [object, row] of reachRows(reach)) {
            const cell = row[kind]
            const where = `${reach} ${object} ${kind}: ${cell}`
            const mark = MARKS[object]
            if (mark !== undefined) expect([where, text.includes(mark)]).toEqual([where, cell === 'Y'])
            const [own, others] = EXPECTED[cell]
            for (const of of CONCERNED) {
              const trace = traces.get(`${object} ${of}`)
              if (trace === undefined) continue
              // What the host answered is the host's own, to whomever.
              const mine = of === kind || (kind === 'H' && object === 'O3')
              expect([where, of, seen(text, trace)]).toEqual([where, of, mine ? own : others])
            }
            cells += 1
          }
        }
      expect(cells).toBe(REACH_IDS.length * KINDS.length * 13)
    })
  })
