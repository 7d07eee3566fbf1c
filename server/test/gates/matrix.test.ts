// P40, cell by cell, against the real server: six gates, everybody whom they tell apart, every way to what a stream has.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { GATE_KINDS, type GateKind } from '../../../shared/api/gates.ts'
import { startServer } from '../server-process.ts'
import { KINDS, ROOMY, knock, openHouse, openPush, type House, type Kind } from './house.ts'

/** What keeps them out; null: nothing. */
type Verdict = 'passphrase_needed' | 'link_needed' | 'account_needed' | 'membership_needed' | 'banned' | null
const everybody = (verdict: Verdict): Record<Kind, Verdict> => ({
  ...{ stranger: verdict, guest: verdict, account: verdict, member: verdict },
  ...{ moderator: null, host: null, banned: 'banned' },
})
const EXPECTED: Record<GateKind, Record<Kind, Verdict>> = {
  public: everybody(null),
  unlisted: everybody(null),
  passphrase: everybody('passphrase_needed'),
  invite: everybody('link_needed'),
  accounts: { ...everybody('account_needed'), account: null, member: null },
  members: { ...everybody('membership_needed'), member: null },
}

/** How one way answered somebody: `in`, or the refusal as that way tells it. */
type Look = (house: House, kind: Kind, segment: string) => Promise<string | number>
const byHttp =
  (path: (house: House, segment: string) => string, body?: unknown): Look =>
  async (house, kind, segment) => {
    const { status, code } = await house.ask(kind, path(house, segment), body)
    return status < 300 ? 'in' : (code ?? status)
  }
/** Passes of before: somebody who never was here has none, and gets none. */
const bySocket =
  (look: (house: House, pass: string) => Promise<'in' | number>): Look =>
  async (house, kind) => {
    const old = house.passes.get(kind)
    if (old !== undefined) return look(house, old)
    const { status, text } = await house.ask(kind, `${house.at}/pass`, {})
    return status < 300 ? look(house, (JSON.parse(text) as { pass: string }).pass) : 4401
  }

/** A refusal that has its code, one that looks like nothing at all, and those of the sockets. Somebody without a session
 * cannot search, whatever the gate. */
const coded = (verdict: Verdict) => verdict ?? 'in'
const absent = (verdict: Verdict) => (verdict === null ? 'in' : 'not_found')
const WAYS: Record<string, { look: Look; expected: (verdict: Verdict, kind: Kind) => string | number }> = {
  page: { look: byHttp(({ at }) => at), expected: coded },
  pass: { look: byHttp(({ at }) => `${at}/pass`, {}), expected: coded },
  socket: {
    look: bySocket(async ({ server }, pass) => {
      const came = await knock(server.url, pass)
      return came === 'joined' ? 'in' : came
    }),
    expected: (verdict) => (verdict === null ? 'in' : verdict === 'banned' ? 4403 : 4401),
  },
  push: {
    look: bySocket(async ({ server }, pass) => {
      const { first, close } = await openPush(server.url, pass)
      close()
      return first === 'playing' ? 'in' : first
    }),
    expected: (verdict) => (verdict === null ? 'in' : 4401),
  },
  playlist: { look: byHttp(({ url }) => url('plain.m3u8')), expected: absent },
  'low-latency playlist': { look: byHttp(({ url }) => url('live.m3u8')), expected: absent },
  segment: { look: byHttp(({ url }, segment) => url(segment)), expected: absent },
  master: { look: byHttp(({ url }) => url('master.m3u8')), expected: absent },
  'low playlist': { look: byHttp(({ url }) => url('low-plain.m3u8')), expected: absent },
  'low segment': {
    look: byHttp(({ url }, segment) => url(segment.replace(/-\d+\.m4s$/, 'l$&'))),
    expected: absent,
  },
  rewind: { look: byHttp(({ url }) => url('dvr.m3u8')), expected: absent },
  recordings: { look: byHttp(({ at }) => `${at}/recordings`), expected: coded },
  // What is recorded is named as it was while it was live.
  recording: {
    look: byHttp(({ url }, segment) => url(segment.replace(/-\d+\.m4s$/, '-vod.m3u8'))),
    expected: absent,
  },
  history: { look: byHttp(({ at }) => `${at}/messages`), expected: coded },
  replay: { look: byHttp(({ at }) => `${at}/replay`), expected: coded },
  search: {
    look: byHttp(({ at }) => `${at}/search?q=hello`),
    expected: (verdict, kind) => (kind === 'stranger' ? 'sign_in' : coded(verdict)),
  },
  'own data': {
    look: byHttp(() => '/api/me/export'),
    expected: (_, kind) => (kind === 'stranger' ? 'sign_in' : 'in'),
  },
}

describe('gates', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse(await startServer({ env: ROOMY }))
    await vi.waitFor(async () => expect(await house.segment()).toMatch(/\.m4s$/), { timeout: 20_000 })
  }, 60_000)
  afterAll(() => house.close())
  const executed = new Set<string>()

  test.each(GATE_KINDS)('P40 who passes the gate %s, on every way', { timeout: 60_000 }, async (gate) => {
    const card = await house.gate(gate)
    expect(card.gate.kind).toBe(gate)
    for (const kind of KINDS) {
      const verdict = EXPECTED[gate][kind]
      for (const [way, { look, expected }] of Object.entries(WAYS)) {
        // Of those ten seconds that a player may ask for, asked for as late as can be.
        const answer = await look(house, kind, await house.segment())
        expect([gate, kind, way, answer]).toEqual([gate, kind, way, expected(verdict, kind)])
        executed.add(`${gate} ${kind} ${way}`)
      }
    }
  })

  test('P40 every cell was tried', () => {
    expect(executed.size).toBe(6 * 7 * 17)
    expect(executed.size).toBe(GATE_KINDS.length * KINDS.length * Object.keys(WAYS).length)
  })

  test('P40 whom the gate keeps out reads title, host and what is asked, and nothing else', async () => {
    await house.host.call('PATCH', house.at, { description: 'what it is about' })
    await house.gate('passphrase')
    const { status, text } = await house.ask('account', house.at)
    const { title, host } = (await house.page()).stream
    expect([status, JSON.parse(text)]).toEqual([
      403,
      {
        code: 'passphrase_needed',
        says: expect.any(String) as string,
        closed: { slug: house.slug, title, host, gate: 'passphrase' },
      },
    ])
  })

  test('P43 the list has what is open, the title of what may open, and nothing of the rest', async () => {
    const listed = async (gate: GateKind) => {
      await house.gate(gate)
      const { text } = await house.ask('stranger', '/api/streams')
      const { live, upcoming, recent } = JSON.parse(text) as Record<
        string,
        { slug: string; description: string; viewers: number }[]
      >
      const found = [...(live ?? []), ...(upcoming ?? []), ...(recent ?? [])].find(
        ({ slug }) => slug === house.slug,
      )
      return found ? [found.description, found.viewers > 0] : null
    }
    await house.host.call('PATCH', house.at, { description: 'what it is about' })
    const viewer = await house.people.moderator.join(house.slug)
    await expect.poll(() => listed('public')).toEqual(['what it is about', true])
    for (const gate of ['passphrase', 'accounts', 'members'] as const)
      expect(await listed(gate)).toEqual(['', false])
    for (const gate of ['unlisted', 'invite'] as const) expect(await listed(gate)).toBeNull()
    viewer.close()
  })

  test('P43 search engines are asked to leave out all but public streams', async () => {
    const robots = async (path: string) => (await fetch(house.server.url + path)).headers.get('x-robots-tag')
    for (const gate of GATE_KINDS) {
      await house.gate(gate)
      expect([gate, await robots(`/watch/${house.slug}`)]).toEqual([
        gate,
        gate === 'public' ? null : 'noindex',
      ])
    }
    expect(await robots('/watch/nobody-knows')).toBe('noindex')
    expect(await robots('/')).toBeNull()
  })

  test('P40 media behind a gate is for no cache that strangers share', async () => {
    const cached = async (file: string) => {
      const headers = { cookie: house.host.cookie() }
      const response = await fetch(house.server.url + house.url(file), { headers })
      return response.headers.get('cache-control')
    }
    await house.gate('public')
    expect(await cached(await house.segment())).toMatch(/^public, /)
    await house.gate('members')
    expect(await cached(await house.segment())).toMatch(/^private, /)
    expect(await cached('plain.m3u8')).toMatch(/^private, /)
  })
})
