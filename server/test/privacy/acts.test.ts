// P33, the table of acts, cell by cell: everybody tries everything on everybody's things, on a socket and, past the
// server's own policy, on the database itself.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACT_IDS, actRow, refusalOf } from '../../domain/privacy/act.ts'
import type { ActId } from '../../domain/privacy/act.ts'
import { PRINCIPAL_KINDS as KINDS } from '../../domain/privacy/principals.ts'
import type { PrincipalKind as Kind } from '../../domain/privacy/principals.ts'
import type { Act } from '../../app/ports.ts'
import { OPEN_RULES } from '../../../shared/protocol/index.ts'
import type { ErrorCode, Request, Role } from '../../../shared/protocol/index.ts'
import { codeOf } from '../contracts/world.ts'
import { engines } from '../databases.ts'
import type { Client } from '../harness.ts'
import { ROLES } from './looks.ts'
import { actorOf, openTheatre } from './theatre.ts'
import type { Actor, Theatre } from './theatre.ts'

type Verdict = ErrorCode | 'ok'
type Command = Parameters<Client['send']>[0]
/** To what or whom it is done, seen from the one who does it. */
type Relation = 'plain' | 'own' | 'other' | 'viewer' | 'moderator' | 'host' | 'self'
type Try = { relation: Relation; command: () => Promise<Command> | Command }

const ROLES_OF = new Map(KINDS.map((kind) => [actorOf(kind), ROLES[kind]]))

/** What a cell says about a relation, for whoever has a role here. `hidden`: what is not theirs does not exist. */
function expected(act: ActId, role: Role, cell: string, relation: Relation, hidden: boolean): Verdict {
  switch (cell) {
    case '-':
      return refusalOf(act, role) ?? 'ok'
    case 'own':
      return relation === 'own' ? 'ok' : hidden ? 'not_found' : 'not_allowed'
    case 'others':
      return relation === 'own' ? 'not_allowed' : 'ok'
    case 'viewers':
      return relation === 'viewer' ? 'ok' : 'not_allowed'
    case 'team':
      return relation === 'viewer' || relation === 'moderator' ? 'ok' : 'not_allowed'
    default:
      return 'ok'
  }
}

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`acts on ${engine.name}`, () => {
    let theatre: Theatre
    const sockets = new Map<Kind, Client>()
    const executed = new Set<string>()
    let n = 0

    beforeAll(async () => {
      theatre = await openTheatre(engine)
      const { ids, act, join } = theatre
      for (const target of [ids.mona, ids.max]) await act('hana', { type: 'appoint', target })
      await act('hana', { type: 'ban', target: ids.boris, seconds: null })
      for (const kind of KINDS) sockets.set(kind, await join(kind))
    }, 120_000)
    afterAll(() => theatre.close())

    const word = () => `word${n++}`
    /** cora a viewer and max a moderator, both here. */
    async function reset() {
      const { store, ids, show } = theatre
      const hana = (what: Act) => store.journal.act(ids.hana, show, what)
      for (const target of [ids.cora, ids.max]) {
        await hana({ type: 'unban', target })
        await hana({ type: 'unblock', target })
      }
      await hana({ type: 'dismiss', target: ids.cora })
      await hana({ type: 'appoint', target: ids.max })
    }

    function tries(act: ActId, who: Actor): Try[] {
      const { ids, write } = theatre
      const reported = async () => {
        const target = await write('cora', word())
        await theatre.act('bob', { type: 'report', target, reason: 'abuse' })
        return target
      }
      const people: [Relation, string][] = [
        ['viewer', ids.cora],
        ['moderator', ids.max],
        ['host', ids.hana],
        ['self', ids[who]],
      ]
      const onPeople = (names: readonly Request['t'][], more: object = {}): Try[] =>
        names.flatMap((t) =>
          people.map(([relation, target]) => ({
            relation,
            async command() {
              // Nothing came of it where viewers asked for it.
              const changed = ROLES_OF.get(who) !== 'viewer'
              if (changed && (relation === 'viewer' || relation === 'moderator')) await reset()
              return { t, target, ...more } as Command
            },
          })),
        )
      const once = (command: Try['command'], relation: Relation = 'plain'): Try => ({ relation, command })
      switch (act) {
        case 'say':
          return [once(() => ({ t: 'say', text: word() }))]
        case 'whisper':
          return [once(() => ({ t: 'whisper', text: word() }))]
        case 'answer':
          return [once(() => ({ t: 'whisper', text: word(), to: ids.bob }))]
        case 'meet': // the host is nobody's viewer: it could only write to itself
          return [once(() => ({ t: 'whisper', text: word(), to: who === 'hana' ? ids.hana : ids.bob }))]
        case 'react':
          return [once(() => ({ t: 'react', emoji: '🔥' }))]
        case 'pin':
          return [
            once(async () => ({ t: 'pin', target: await write('cora', word()) })),
            once(() => ({ t: 'unpin' })),
          ]
        case 'deletePublic':
          return [
            once(async () => ({ t: 'delete', target: await write(who, word()) }), 'own'),
            once(async () => ({ t: 'delete', target: await write('cora', word()) }), 'other'),
          ]
        case 'deletePrivate':
          return [
            once(async () => {
              const to = who === 'hana' ? 'bob' : who
              return { t: 'delete', target: await write(who, word(), { to }) }
            }, 'own'),
            once(async () => ({ t: 'delete', target: await write('bob', word(), { to: 'bob' }) }), 'other'),
          ]
        case 'settle':
          return (['approve', 'reject'] as const).map((t) =>
            once(async () => ({ t, target: await write('bob', word(), { held: true }) })),
          )
        case 'report':
          return [
            once(async () => ({ t: 'report', reason: 'spam', target: await write(who, word()) }), 'own'),
            once(async () => ({ t: 'report', reason: 'spam', target: await write('cora', word()) }), 'other'),
          ]
        case 'backstage':
          return [
            once(async () => ({ t: 'resolve', target: await reported() })),
            once(() => ({ t: 'note', target: ids.bob, text: word() })),
          ]
        case 'judge':
          return [
            ...onPeople(['timeout'], { seconds: 60 }),
            ...onPeople(['ban'], { seconds: 60 }),
            ...onPeople(['lift', 'unban', 'wipe']),
          ]
        case 'appoint':
          return onPeople(['appoint', 'dismiss', 'block', 'unblock', 'enrol', 'expel'])
        case 'rule':
          return [once(() => ({ t: 'slow', seconds: 0 })), once(() => ({ t: 'rules', rules: OPEN_RULES }))]
      }
    }

    /** The same on the database alone. */
    async function direct(who: Actor, command: Command): Promise<Verdict> {
      const { store, ids, show } = theatre
      const { t, ...rest } = command
      if (t === 'react') return 'ok' // is stored of nobody
      if (t !== 'say' && t !== 'whisper')
        return codeOf(
          await store.journal.act(ids[who], show, { seconds: null, ...rest, type: t } as unknown as Act),
        )
      const { text, to } = command as { text: string; to?: string }
      const viewer = t === 'say' ? null : (to ?? ids[who])
      const draft = { id: randomUUID(), cmid: randomUUID(), stream: show, sender: ids[who], replyTo: null }
      return codeOf((await store.journal.append([{ ...draft, text, viewer }]))[0])
    }

    async function told(client: Client, command: Command): Promise<Verdict> {
      const answer = await theatre.ask(client, command)
      return answer.t === 'err' ? answer.code : 'ok'
    }

    const cells = KINDS.flatMap((kind) => ACT_IDS.map((act) => [kind, act] as const))
    test.each(cells)('P33 P9 %s: %s', async (kind, act) => {
      const cell = actRow(act).cells[kind]
      const role = ROLES[kind]
      const who = actorOf(kind)
      const client = sockets.get(kind)!
      if (role === undefined) {
        const closed = { AN: 4401, BN: 4403, OV: undefined }[kind as 'AN' | 'BN' | 'OV']
        expect([cell, client.closed()?.code]).toEqual(['-', closed])
        // What has to be there first is bob's: whoever is banned has written nothing, and an overlay never does.
        for (const { command } of kind === 'AN' ? [] : tries(act, 'bob')) {
          const wanted = await command()
          const name = [kind, act, wanted.t]
          if (kind === 'OV') expect([...name, await told(client, wanted)]).toEqual([...name, 'not_allowed'])
          else if (wanted.t !== 'react')
            expect([...name, await direct(who!, wanted)]).toEqual([...name, 'banned'])
        }
      } else
        for (const { relation, command } of tries(act, who!)) {
          const says = expected(act, role, cell, relation, act === 'deletePrivate')
          const first = await command()
          // The database has no word for "say to whom": a host who addresses nobody would write to itself.
          const alone = says === 'bad_request' ? 'not_allowed' : says
          const name = [kind, act, relation, first.t]
          expect([...name, await direct(who!, first)]).toEqual([...name, alone])
          expect([...name, await told(client, await command())]).toEqual([...name, says])
        }
      executed.add(`${kind} ${act}`)
    })

    test('P33 the rules of a room bind viewers alone', async () => {
      await theatre.act('hana', { type: 'rules', rules: { ...OPEN_RULES, who: 'members' } })
      for (const kind of ['G', 'V', 'M', 'H', 'OH'] as const) {
        const answer = await theatre.ask(sockets.get(kind)!, { t: 'say', text: word() })
        const bound = actRow('say').cells[kind] === 'rules'
        expect([kind, answer.t === 'err' ? answer.code : 'ok']).toEqual([kind, bound ? 'members_only' : 'ok'])
      }
      await theatre.open()
    })

    test('P33 every cell was tried: as many as the table has', () => {
      expect(executed.size).toBe(KINDS.length * ACT_IDS.length)
    })

    test('P8 what is not theirs answers byte for byte like what does not exist', async () => {
      const { ids, write, ask, request } = theatre
      const whispered = await write('bob', word(), { to: 'bob' })
      const held = await write('bob', word(), { held: true })
      let compared = 0
      for (const kind of ['G', 'V', 'M', 'OH'] as const) {
        const client = sockets.get(kind)!
        const answer = async (command: Command) => {
          const { re, ...rest } = await ask(client, command)
          expect(re).toMatch(/^[0-9a-f-]{36}$/)
          return JSON.stringify(rest)
        }
        for (const target of kind === 'M' ? [whispered] : [whispered, held])
          for (const command of [
            ...(['delete', 'pin', 'approve', 'reject', 'resolve'] as const).map((t) => ({ t })),
            { t: 'report', reason: 'spam' } as const,
          ]) {
            const like = await answer({ ...command, target: randomUUID() })
            expect(await answer({ ...command, target })).toBe(like)
            compared++
          }
        for (const t of ['say', 'whisper'] as const)
          expect(await answer({ t, text: 'x', replyTo: whispered })).toBe(
            await answer({ t, text: 'x', replyTo: randomUUID() }),
          )
        const page = { t: 'read', log: 'thread', from: 1, to: 9 } as const
        expect(await answer({ ...page, viewer: ids.bob })).toBe(
          await answer({ ...page, viewer: randomUUID() }),
        )
        const who = actorOf(kind)
        for (const path of [
          'export/public',
          'export/private',
          'export/audit',
          ...(kind === 'M' ? [] : ['team']),
        ])
          expect(await request(who, `/api/streams/show/${path}`)).toEqual(
            await request(who, `/api/streams/nowhere/${path}`),
          )
        if (kind !== 'M')
          expect(await request(who, `/api/streams/show/people/${ids.bob}`)).toEqual(
            await request(who, `/api/streams/show/people/${randomUUID()}`),
          )
      }
      expect(compared).toBe(3 * 12 + 6)
    })
  })
