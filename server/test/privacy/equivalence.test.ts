// P35: for every row of a random world and everybody in it, what the privacy tables say and what plain SQL shows in the
// server's database role are the same.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asPrincipal } from '../../adapters/pg/unit.ts'
import { kindOf, objectOf, readsLog, seenBy } from '../../domain/audience.ts'
import type { Seen } from '../../domain/audience.ts'
import { gateRefusal, mayEnter } from '../../domain/gate.ts'
import type { Visitor } from '../../domain/gate.ts'
import { object } from '../../domain/privacy/read.ts'
import type { ObjectId } from '../../domain/privacy/read.ts'
import type { Role } from '../../../shared/protocol/index.ts'
import { engines } from '../databases.ts'
import type { TestDatabase } from '../databases.ts'
import { insertWorld, pair, worldPlan } from './random-rows.ts'
import type { Rows } from './random-rows.ts'

/** One line per visible row. Pins and logs are named by their stream, entries by log and seq. */
const EVERYTHING = `
  select 'message ' || id || case when text is null then ' tombstone' else ' whole' end as line
    from app.message where stream_id = any ($1)
  union all select 'log ' || id from app.log where stream_id = any ($1)
  union all select 'entry ' || e.log_id || ' ' || e.seq from app.entry e where e.log_id = any ($2)
  union all select 'held ' || id from app.held where stream_id = any ($1)
  union all select 'removed ' || message_id from app.removed where stream_id = any ($1)
  union all select 'report ' || message_id || ' ' || reporter_id from app.report where stream_id = any ($1)
  union all select 'note ' || id from app.person_note where stream_id = any ($1)
  union all select 'pin ' || stream_id from app.pin where stream_id = any ($1)`

/** Policies beside the real ones: each opens a little too much, the last one too little. */
const LEAKS = {
  'moderators read threads':
    'app.message for select using (stream_id = any (array(select app.my_backstages())))',
  'moderators read the inbox':
    "app.log for select using (kind = 'inbox' and stream_id = any (array(select app.my_backstages())))",
  'whoever hosts something reads everything':
    'app.message for select using (exists (select from app.my_hosted()))',
  'a banned person reads on': 'app.message for select using (viewer_id is null)',
  'a banned person reads the notices of the own thread': 'app.log for select using (viewer_id = app.pid())',
  'entries are read without their log': 'app.entry for select using (true)',
  'reporters read their reports': 'app.report for select using (reporter_id = app.pid())',
  'notes are read by whom they are about': 'app.person_note for select using (principal_id = app.pid())',
  'removed texts are read by all': 'app.removed for select using (true)',
  'what is held is read by all': 'app.held for select using (true)',
  'whoever does not pass the gate reads on':
    'app.message for select using (viewer_id is null and stream_id <> all (array(select app.my_bans())))',
  'strangers read the log of a gated room': "app.log for select using (kind = 'room' and app.pid() is null)",
  'nobody reads the pin': 'app.pin as restrictive for select using (false)',
}

const streamOf = (rows: Rows, stream: string) => rows.streams.find(({ id }) => id === stream)!

function visitor(rows: Rows, stream: string, reader: string | null): Visitor {
  const { host } = streamOf(rows, stream)
  const has = (pairs: Set<string>, of: string) => reader !== null && pairs.has(pair(of, reader))
  const role: Role = host === reader ? 'host' : has(rows.moderators, stream) ? 'moderator' : 'viewer'
  const known = reader !== null && rows.people.includes(reader)
  return {
    role,
    kind: known ? (rows.guests.has(reader) ? 'guest' : 'account') : null,
    member: has(rows.members, host),
    admitted: has(rows.admitted, stream),
    banned: role !== 'host' && has(rows.bans, stream),
  }
}

/** Whom the gate keeps out reads what a banned person reads. */
function standing(rows: Rows, stream: string, reader: string | null) {
  const who = visitor(rows, stream, reader)
  const banned = mayEnter(streamOf(rows, stream).gate, who) !== null
  return reader === null && !banned ? null : { role: who.role, banned }
}

/** The same lines, from the tables alone. */
function byTable(rows: Rows, reader: string | null): string[] {
  const lines: string[] = []
  const kind = (stream: string) => kindOf(standing(rows, stream, reader))
  const sees = (stream: string, id: ObjectId, concerned = false): Seen =>
    seenBy(object(id).cells[kind(stream)], concerned)
  const show = (stream: string, id: ObjectId, concerned: boolean, line: string) => {
    if (sees(stream, id, concerned) !== 'nothing') lines.push(line)
  }

  for (const { id, stream, viewer, byHost, deleted } of rows.messages) {
    const seen = sees(stream, objectOf({ private: viewer !== null, byHost, deleted }), viewer === reader)
    if (seen !== 'nothing') lines.push(`message ${id} ${seen === 'whole' ? 'whole' : 'tombstone'}`)
  }
  const reads = rows.logs.filter((log) => readsLog(kind(log.stream), log.kind, log.viewer === reader))
  for (const { id } of reads) lines.push(`log ${id}`)
  for (const { log, seq } of rows.entries) if (reads.includes(log)) lines.push(`entry ${log.id} ${seq}`)
  for (const { id, stream, sender } of rows.held) show(stream, 'O7', sender === reader, `held ${id}`)
  for (const { id, stream } of rows.removed)
    if (sees(stream, 'O5') === 'tombstone and text') lines.push(`removed ${id}`)
  for (const { message, stream, reporter } of rows.reports)
    show(stream, 'O11', reporter === reader, `report ${message} ${reporter}`)
  for (const { id, stream, person } of rows.notes) show(stream, 'O12', person === reader, `note ${id}`)
  for (const { stream } of rows.pins) show(stream, 'O4', false, `pin ${stream}`)
  return lines.sort()
}

async function bySql(db: TestDatabase, rows: Rows, reader: string | null): Promise<string[]> {
  const values = [rows.streams.map(({ id }) => id), rows.logs.map(({ id }) => id)]
  const found = await asPrincipal(db.pool, reader, 'probe', (query) =>
    query<{ line: string }>(EVERYTHING, values),
  )
  return found.map(({ line }) => line).sort()
}

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`rows on ${engine.name}`, () => {
    let db: TestDatabase
    beforeAll(async () => void (db = await engine.open()))
    afterAll(() => db.close())

    test('P35 P9 the tables and the database agree about every row', { timeout: 120_000 }, async () => {
      const met = new Map<string, number>()
      await fc.assert(
        fc.asyncProperty(worldPlan, async (plan) => {
          const rows = await insertWorld(db.admin, plan)
          for (const reader of [...rows.people, null, randomUUID()]) {
            const shown = await bySql(db, rows, reader)
            expect(shown).toEqual(byTable(rows, reader))
            for (const line of shown) met.set(line.split(' ')[0]!, (met.get(line.split(' ')[0]!) ?? 0) + 1)
          }
        }),
        { numRuns: 40, seed: 35 },
      )
      const kinds = ['entry', 'held', 'log', 'message', 'note', 'pin', 'removed', 'report']
      expect([...met.keys()].sort()).toEqual(kinds)
      for (const kind of kinds) expect([kind, met.get(kind)! > 20]).toEqual([kind, true])
    })

    test(
      'P40 P35 who passes which gate, the table and the database agree',
      { timeout: 120_000 },
      async () => {
        const met = new Map<string, number>()
        await fc.assert(
          fc.asyncProperty(worldPlan, async (plan) => {
            const rows = await insertWorld(db.admin, plan)
            for (const { id, gate } of rows.streams)
              for (const reader of [...rows.people, null, randomUUID()]) {
                const who = visitor(rows, id, reader)
                const [row] = await db.pool
                  .query<{ may: boolean; refused: string | null; banned: boolean }>(
                    `select app.may_watch($1, $2) as may, s.refused, s.banned from app.stands_at($1, $2) s`,
                    [reader, id],
                  )
                  .then(({ rows: found }) => found)
                const expected = mayEnter(gate, who)
                expect([gate, who, row]).toEqual([
                  gate,
                  who,
                  { may: expected === null, refused: gateRefusal(gate, who), banned: who.banned },
                ])
                met.set(`${gate} ${expected}`, (met.get(`${gate} ${expected}`) ?? 0) + 1)
              }
          }),
          { numRuns: 30, seed: 40 },
        )
        const seen = [...met.keys()].filter((key) => !key.endsWith('banned')).sort()
        expect(seen).toEqual([
          'accounts account_needed',
          'accounts null',
          'invite link_needed',
          'invite null',
          'members membership_needed',
          'members null',
          'passphrase null',
          'passphrase passphrase_needed',
          'public null',
          'unlisted null',
        ])
      },
    )

    test.each(Object.entries(LEAKS))('P35 the same test goes red when %s', async (_, leak) => {
      await db.admin(`create policy leak on ${leak}`)
      try {
        const agree = fc.asyncProperty(worldPlan, async (plan) => {
          const rows = await insertWorld(db.admin, plan)
          for (const reader of [...rows.people, null])
            expect(await bySql(db, rows, reader)).toEqual(byTable(rows, reader))
        })
        expect((await fc.check(agree, { numRuns: 60, seed: 35, endOnFailure: true })).failed).toBe(true)
      } finally {
        await db.admin(`drop policy leak on ${leak.split(' ')[0]!}`)
      }
    })
  })
