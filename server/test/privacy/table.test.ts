// P33, cell by cell: every kind of person, every object, every surface, on a real database with the sessions, the hub and
// the HTTP routes of one node over it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seenInLogs } from '../../domain/audience.ts'
import type { Seen } from '../../domain/audience.ts'
import { PRINCIPAL_KINDS as KINDS } from '../../domain/privacy/principals.ts'
import type { PrincipalKind as Kind } from '../../domain/privacy/principals.ts'
import { REACH_IDS } from '../../domain/privacy/reach.ts'
import type { ReachId } from '../../domain/privacy/reach.ts'
import { OBJECT_IDS } from '../../domain/privacy/read.ts'
import { SURFACE_IDS, carries } from '../../domain/privacy/surfaces.ts'
import type { SurfaceId } from '../../domain/privacy/surfaces.ts'
import { engines } from '../databases.ts'
import type { Client } from '../harness.ts'
import { createLooks } from './looks.ts'
import type { Look } from './looks.ts'
import { makeCommonThings, makeThings } from './objects.ts'
import type { Thing } from './objects.ts'
import { actorOf, openTheatre } from './theatre.ts'
import type { Theatre } from './theatre.ts'

const HOUSE = { AN: 401, G: 404, V: 404, M: 404, H: 200, OH: 404, BN: 404, OV: 401 }
/** How each door answers: 101 an open socket, 4000 and more a closed one, else an HTTP status. Over HTTP an
 * overlay is nobody. */
const DOORS: Record<SurfaceId | ReachId, Record<Kind, number>> = {
  ...Object.fromEntries(
    ['live', 'join', 'resume', 'read'].map((each) => [
      each,
      { AN: 4401, G: 101, V: 101, M: 101, H: 101, OH: 101, BN: 4403, OV: 101 },
    ]),
  ),
  sql: { AN: 101, G: 101, V: 101, M: 101, H: 101, OH: 101, BN: 101, OV: 101 },
  history: { AN: 200, G: 200, V: 200, M: 200, H: 200, OH: 200, BN: 403, OV: 200 },
  replay: { AN: 200, G: 200, V: 200, M: 200, H: 200, OH: 200, BN: 403, OV: 200 },
  search: { AN: 401, G: 200, V: 200, M: 200, H: 200, OH: 200, BN: 403, OV: 401 },
  exportPublic: HOUSE,
  exportPrivate: HOUSE,
  exportAudit: HOUSE,
  exportMine: { AN: 401, G: 200, V: 200, M: 200, H: 200, OH: 200, BN: 200, OV: 401 },
} as Record<SurfaceId | ReachId, Record<Kind, number>>

/** What comes out of them, reach.test.ts tries cell by cell. */
const PATHS: Record<ReachId, string> = {
  search: '/api/streams/show/search?q=word',
  exportPublic: '/api/streams/show/export/public',
  exportPrivate: '/api/streams/show/export/private',
  exportAudit: '/api/streams/show/export/audit',
  exportMine: '/api/me/export',
  replay: '/api/streams/show/replay',
}

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`the tables on ${engine.name}`, () => {
    let theatre: Theatre
    let looks: ReturnType<typeof createLooks>
    const sockets = new Map<Kind, Client>()
    /** Before and after the sockets of `live` were opened. */
    const before: Thing[] = []
    const after: Thing[] = []
    const executed = { read: new Set<string>(), doors: new Set<string>() }

    beforeAll(async () => {
      theatre = await openTheatre(engine)
      looks = createLooks(theatre)
      const { ids, act, join } = theatre
      // While they are viewers like any other.
      before.push(...(await makeThings(theatre, 'mona')), ...(await makeThings(theatre, 'boris')))
      await act('hana', { type: 'appoint', target: ids.mona })
      await act('hana', { type: 'ban', target: ids.boris, seconds: null })
      for (const kind of KINDS) sockets.set(kind, await join(kind))
      after.push(...(await makeCommonThings(theatre)))
      for (const party of ['ada', 'vera', 'olga', 'bob'] as const)
        after.push(...(await makeThings(theatre, party)))
      // A moderator has a thread too; its public words are not held.
      const without = OBJECT_IDS.filter((id) => id !== 'O7')
      after.push(...(await makeThings(theatre, 'mona', without)))
      for (const kind of KINDS) await looks.caughtUp(kind, sockets.get(kind)!)
    }, 120_000)
    afterAll(() => theatre.close())

    const expectedOn = (surface: SurfaceId, kind: Kind, thing: Thing): Seen => {
      const own = thing.party === actorOf(kind)
      return seenInLogs(kind, thing.object, own, (log) => carries(surface, kind, log, own))
    }

    function checkSurface(surface: SurfaceId, kind: Kind, look: Look, things: readonly Thing[]) {
      expect([kind, surface, look.door]).toEqual([kind, surface, DOORS[surface][kind]])
      for (const thing of things) {
        const name = [kind, thing.object, surface, thing.party]
        expect([...name, look.sees(thing)]).toEqual([...name, expectedOn(surface, kind, thing)])
        executed.read.add(`${kind} ${thing.object} ${surface}`)
      }
    }

    test.each(KINDS)('P33 P8 what %s sees live', (kind) => {
      checkSurface('live', kind, looks.live(sockets.get(kind)!), after)
    })

    test.each(KINDS)(
      'P33 P8 what %s sees at join, on resume, in pages, over HTTP and in SQL',
      async (kind) => {
        for (const surface of SURFACE_IDS)
          if (surface !== 'live')
            checkSurface(surface, kind, await looks.surfaces[surface](kind), [...before, ...after])
      },
    )

    test.each(KINDS)('P33 P8 how search, exports and replay answer %s', async (kind) => {
      for (const [reach, path] of Object.entries(PATHS) as [ReachId, string][]) {
        const { status } = await theatre.request(actorOf(kind), path)
        expect([kind, reach, status]).toEqual([kind, reach, DOORS[reach][kind]])
        executed.doors.add(`${kind} ${reach}`)
      }
    })

    test('P33 every cell was tried: as many as the tables have', () => {
      expect(executed.read.size).toBe(KINDS.length * OBJECT_IDS.length * SURFACE_IDS.length)
      expect(executed.doors.size).toBe(KINDS.length * REACH_IDS.length)
    })

    test('P33 a private message cannot be held: no row, and no column to say whose it would be', async () => {
      const { admin } = theatre.db
      const whispered = [...before, ...after].filter(({ object }) => object === 'O8').map(({ id }) => id)
      expect(whispered.length).toBeGreaterThan(5)
      expect(await admin('select id from app.held where id = any ($1)', [whispered])).toEqual([])
      const stored = await admin('select viewer_id from app.message where id = any ($1)', [whispered])
      expect(stored.filter(({ viewer_id }) => viewer_id !== null)).toHaveLength(whispered.length)
      const columns = await admin(
        `select column_name from information_schema.columns where table_schema = 'app' and table_name = 'held'`,
      )
      expect(columns.map(({ column_name }) => column_name)).not.toContain('viewer_id')
    })
  })
