// Contract of gates: who sets them, who is let in, what ends that, and what they keep from whom.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GATE_KINDS, type GateKind } from '../../../shared/api/gates.ts'
import type { GateChange } from '../../app/ports.ts'
import { codeOf, createStage, valueOf, type MakeWorld, type World } from './world.ts'

const change = (kind: GateKind, hash: string | null = null, reset = false): GateChange => ({
  kind,
  hash,
  reset,
})
const HASHED = 'hash of a passphrase'

export function gatesContract(make: MakeWorld): void {
  describe('gates', () => {
    let world: World
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    async function createGated() {
      const stage = await createStage(world)
      const { host, stream } = stage
      const { streams, rights } = world
      const edit = (gate: GateChange, by = host) => streams.edit(by, stream, { gate })
      const refused = async (who: string) => (await streams.standing(who, stream)).refused
      const newest = async () => (await rights.revocations(null)).newest
      return {
        ...stage,
        edit,
        refused,
        newest,
        set: async (...of: Parameters<typeof change>) => valueOf(await edit(change(...of))).gateRev,
        since: async (seq: number) => (await rights.revocations(seq)).revocations,
      }
    }

    test('P40 the host alone sets the gate, and a passphrase stands where it belongs', async () => {
      const { edit, set, host, mod, ada, carol, stream } = await createGated()
      for (const by of [mod, ada, carol])
        expect(codeOf(await edit(change('members'), by))).toBe('not_allowed')
      expect(codeOf(await world.streams.edit(host, randomUUID(), { gate: change('members') }))).toBe(
        'not_found',
      )
      expect(codeOf(await edit(change('passphrase')))).toBe('bad_request')
      for (const kind of GATE_KINDS.filter((each) => each !== 'passphrase'))
        expect(codeOf(await edit(change(kind, HASHED)))).toBe('bad_request')
      expect(await world.streams.byId(stream)).toMatchObject({ gate: 'public', gateRev: 1 })
      await set('passphrase', HASHED)
      expect(await world.gates.passphrase(stream)).toBe(HASHED)
      await set('invite')
      expect(await world.gates.passphrase(stream)).toBeNull()
      // It is gone with the gate, and not back with it.
      expect(codeOf(await edit(change('passphrase')))).toBe('bad_request')
    })

    test('P40 a refused gate changes nothing else, and a stream may begin with one', async () => {
      const { host, stream } = await createGated()
      const refused = await world.streams.edit(host, stream, { title: 'changed', gate: change('passphrase') })
      expect(codeOf(refused)).toBe('bad_request')
      expect((await world.streams.byId(stream))?.title).not.toBe('changed')
      const id = randomUUID()
      const born = { id, slug: `s-${id}`, title: 'Show', description: '', host, startsAt: null }
      const made = valueOf(await world.streams.create({ ...born, gate: change('passphrase', HASHED) }))
      expect(made.gate).toBe('passphrase')
      expect(await world.gates.passphrase(id)).toBe(HASHED)
    })

    test('P41 what changes the gate ends what was entered and is one revocation; the same again is neither', async () => {
      const { set, newest, since, ada, stream, refused } = await createGated()
      const start = await newest()
      const rev = await set('passphrase', HASHED)
      expect(await world.gates.admit(ada, stream, rev)).toBe(true)
      expect(await refused(ada)).toBeNull()
      expect(await set('passphrase')).toBe(rev)
      expect(await refused(ada)).toBeNull()
      for (const step of [
        () => set('passphrase', 'another'),
        () => set('passphrase', null, true),
        () => set('invite'),
        () => set('invite', null, true),
        () => set('members'),
        () => set('public'),
      ]) {
        const before = await newest()
        const now = await step()
        const told = await since(before)
        expect(told).toMatchObject([{ kind: 'gate', principal: null, stream, session: null }])
        expect(await world.gates.admit(ada, stream, now - 1)).toBe(false)
      }
      expect(await newest()).toBe(start + 7)
      await set('invite')
      expect(await refused(ada)).toBe('link_needed')
    })

    test('P41 nobody is let in where nothing is entered, and nobody who is not there', async () => {
      const { set, ada, stream } = await createGated()
      for (const kind of ['public', 'unlisted', 'accounts', 'members'] as const)
        expect(await world.gates.admit(ada, stream, await set(kind))).toBe(false)
      const rev = await set('invite')
      expect(await world.gates.admit(randomUUID(), stream, rev)).toBe(false)
      expect(await world.gates.admit(ada, randomUUID(), rev)).toBe(false)
      expect(await world.gates.admit(ada, stream, rev)).toBe(true)
      expect(await world.gates.admit(ada, stream, rev)).toBe(true)
    })

    test('P42 the end of a membership is a revocation of that person, everywhere', async () => {
      const { set, newest, since, refused, host, ada, stream } = await createGated()
      await set('members')
      expect(await refused(ada)).toBe('membership_needed')
      valueOf(await world.journal.act(host, stream, { type: 'enrol', target: ada }))
      expect(await refused(ada)).toBeNull()
      const before = await newest()
      const change = valueOf(await world.journal.act(host, stream, { type: 'expel', target: ada }))
      expect(change.revoked).toBe(true)
      expect(await since(before)).toMatchObject([{ kind: 'gate', principal: ada, stream: null }])
      expect(await refused(ada)).toBe('membership_needed')
    })

    test('P40 admissions say what the gate says, to sessions and to nobody in particular', async () => {
      const { set, host, mod, ada, carol, stream } = await createGated()
      const sessions = [host, mod, ada, carol].map((principal) => ({ id: randomUUID(), principal }))
      for (const each of sessions)
        await world.people.createSession({ ...each, expiresAt: Date.now() + 3_600_000 })
      const asked = async () => {
        const ids = [...sessions.map(({ id }) => id), randomUUID(), '']
        const found = await world.rights.admissions(
          ids.map((session) => ({ session, stream })),
          Date.now(),
        )
        return found.map(({ refused }) => refused)
      }
      expect(await asked()).toEqual(Array(6).fill(null))
      await set('accounts')
      // Carol is the host of another stream; the others but for the host are guests.
      expect(await asked()).toEqual([null, null, 'account_needed', null, 'account_needed', 'account_needed'])
      const rev = await set('invite')
      await world.gates.admit(ada, stream, rev)
      expect(await asked()).toEqual([null, null, null, 'link_needed', 'link_needed', 'link_needed'])
    })

    test('P40 whom the gate keeps out reads nothing, says nothing and does nothing', async () => {
      const { set, host, ada, bob, stream } = await createGated()
      const { journal } = world
      const draft = (sender: string, viewer: string | null = null) => ({
        ...{ id: randomUUID(), cmid: randomUUID(), stream, sender, text: 'words', replyTo: null, viewer },
      })
      const say = async (sender: string, viewer: string | null = null) =>
        (await journal.append([draft(sender, viewer)])).map(codeOf)[0]
      const target = valueOf((await journal.append([draft(host)]))[0]).id ?? ''
      expect(await say(ada, ada)).toBe('ok')
      valueOf(await journal.act(host, stream, { type: 'pin', target }))
      await journal.tally([{ stream, second: 1, emoji: '🔥', count: 1 }])

      const rev = await set('passphrase', HASHED)
      await world.gates.admit(bob, stream, rev)
      const room = { kind: 'room', stream } as const
      const own = { kind: 'thread', stream, viewer: ada } as const
      for (const who of [ada, null]) expect(await journal.read(who, room, 1, 9)).toEqual([])
      expect(await journal.read(ada, own, 1, 9)).toEqual([])
      expect([await say(ada), await say(ada, ada)]).toEqual(['passphrase_needed', 'passphrase_needed'])
      for (const act of [
        { type: 'report', target, reason: 'spam' },
        { type: 'delete', target },
        { type: 'pin', target },
      ] as const)
        expect(codeOf(await journal.act(ada, stream, act))).toBe('passphrase_needed')

      expect((await journal.read(bob, room, 1, 9)).length).toBeGreaterThan(1)
      expect([await say(bob), await say(host)]).toEqual(['ok', 'ok'])
      expect(await journal.pinned(stream, host)).toMatchObject({ id: target })
      expect(await journal.reactions(stream, host)).toEqual({ '🔥': 1 })
      await set('public')
      expect(await say(ada)).toBe('ok')
      expect((await journal.read(ada, own, 1, 9)).length).toBe(1)
    })
  })
}
