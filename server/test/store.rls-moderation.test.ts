// What the database refuses by itself about moderation: asked in plain SQL, as the server's role.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DatabaseFault } from '../adapters/pg/fault.ts'
import { asPrincipal } from '../adapters/pg/unit.ts'
import { createBackstage, traits, valueOf } from './contracts/world.ts'
import { engines } from './databases.ts'
import { openStore, type Store } from './store.ts'

/** Everything that runs as the owner, whoever calls it; any other function is bound by the caller's policies. */
const DEFINERS = `act_appoint act_approve act_ban act_block act_delete act_dismiss act_enrol act_expel act_lift act_note
  act_pin act_reject act_report act_resolve act_rules act_slow act_state act_timeout act_unban
  act_unblock act_unpin act_wipe add_simulcast_target admissions admit adopt_recordings air
  aired_elsewhere airings append beat_node beat_recordings begin_recording choose_provider
  clear_overlay_key create_account create_first_host create_guest create_invite create_login_link
  create_session create_stream credentials delete_recording doom_mux edit_stream end_session end_sessions
  erase_me erase_my_messages erase_stream expire_recordings finish_recording forget_recordings
  forget_webhooks gate_passphrase gate_refusal gone_recordings in_my_inbox ingest_of ingest_revision
  is_banned keep_skeletons keep_webhook leave_node leave_recording may_watch mux_asset mux_assets
  mux_by_live mux_closed mux_doomed mux_due mux_forget_asset mux_gone mux_keep mux_live mux_of
  my_backstages my_bans my_closed my_entered my_held my_hosted my_profile my_received my_reports my_sent my_terms
  name_taken node_at overlay_seat overlay_since overlay_stream own_simulcast_targets password_hash person
  person_card positions recordings_of redeem_login_link remove_simulcast_target reset_ingest_key
  revocations role_of rotate_epochs seats session_person session_recent set_gate set_overlay_key
  set_terms settle_key simulcast_targets standing stands stands_at tally team terms_of_stream
  threads_since trim_recording unaired unclaimed_host unskeletoned update_person without_host`

for (const engine of engines)
  describe.skipIf(engine.skip !== null)(`row-level security of moderation on ${engine.name}`, () => {
    let store: Store
    beforeAll(async () => void (store = await openStore(engine)))
    afterAll(() => store.close())

    const refusal = (as: string | null, sql: string) =>
      asPrincipal(store.db.pool, as, 'probe', (query) => query(sql)).then(
        () => null,
        (error: unknown) => (error instanceof DatabaseFault ? error.code : String(error)),
      )
    const count = async (as: string | null, from: string) => {
      const rows = await asPrincipal(store.db.pool, as, 'probe', (query) =>
        query<{ n: number }>(`select count(*)::int as n from ${from}`),
      )
      return rows[0]?.n
    }

    /** Something of each kind, and everybody who might look. */
    async function full() {
      const stage = await createBackstage(store)
      const { ada, bob, mod, host, carol, other, guest, stream, done, say, rule, send, draft } = stage
      const [far, gone, away] = [await guest('Far'), await guest('Gone'), await guest('Away')]
      await done(host, { type: 'appoint', target: far, everywhere: true })
      await done(host, { type: 'appoint', target: gone })
      await store.ban(stream, gone, null)
      valueOf(await store.journal.act(carol, other, { type: 'appoint', target: away }))
      const rude = (await say(ada, 'rude')).id!
      await done(bob, { type: 'report', target: rude, reason: 'abuse', note: 'note' })
      await done(mod, { type: 'delete', target: rude })
      await done(mod, { type: 'note', target: ada, text: 'noted' })
      await rule({ review: true })
      for (const who of [ada, bob]) valueOf((await send(draft(who, 'wait', { traits: traits() })))[0])
      const staff = [host, mod, far]
      return { ...stage, staff, others: [ada, bob, carol, gone, away, randomUUID(), null] }
    }

    test('P9 P13 a held message is there for its sender, the host and the moderators', async () => {
      const { ada, bob, staff, others, stream } = await full()
      const held = `app.held where stream_id = '${stream}'`
      for (const as of staff) expect(await count(as, held)).toBe(2)
      for (const as of others)
        expect([as, await count(as, held)]).toEqual([as, as === ada || as === bob ? 1 : 0])
      expect(await count(ada, `${held} and sender_id <> '${ada}'`)).toBe(0)
      await store.ban(stream, ada, null)
      expect(await count(ada, held)).toBe(0)
    })

    test('P9 P16 P17 removed words, reports, notes and the backstage are there for host and moderators alone', async () => {
      const { staff, others, stream } = await full()
      const backstage = `app.log l where l.stream_id = '${stream}' and l.kind = 'backstage'`
      const entries = `app.entry e where e.kind in ('held', 'settled', 'reported', 'resolved', 'moderated')
        and e.log_id in (select l.id from ${backstage})`
      const within = (table: string) => `app.${table} where stream_id = '${stream}'`
      const froms = [backstage, entries, within('removed'), within('report'), within('person_note')]
      for (const from of froms) {
        for (const as of staff) expect([from, (await count(as, from)) ?? 0]).not.toEqual([from, 0])
        for (const as of others) expect([as, from, await count(as, from)]).toEqual([as, from, 0])
      }
      // Without the log's name, too: no entry of those kinds is anywhere for them.
      const kinds = `app.entry where kind in ('held', 'settled', 'reported', 'resolved', 'moderated')`
      for (const as of others)
        if (as !== null) expect(await count(as, `${kinds} and data::text like '%rude%'`)).toBe(0)
      expect(await count(null, kinds)).toBe(0)
    })

    test('P9 a moderator who is dismissed sees nothing of it from then on', async () => {
      const { host, mod, done, stream } = await full()
      await done(host, { type: 'dismiss', target: mod })
      for (const table of ['held', 'removed', 'report', 'person_note'])
        expect([table, await count(mod, `app.${table} where stream_id = '${stream}'`)]).toEqual([table, 0])
      expect(await count(mod, `app.log where stream_id = '${stream}' and kind = 'backstage'`)).toBe(0)
    })

    test('P9 what no policy shows cannot be asked for, and what makes bodies comparable neither', async () => {
      const { host } = await full()
      const tables = [
        'former_name',
        'stream_timeout',
        'host_moderator',
        'host_block',
        'host_member',
        'host_terms',
        'overlay_key',
        'recording',
        'recording_gone',
        'ingest_key',
        'simulcast_target',
      ]
      for (const statement of [
        ...tables.map((table) => `select from app.${table}`),
        ...['cmid', 'body_sha', 'fold_sha', 'decided_by'].map((column) => `select ${column} from app.held`),
        'select fold_sha from app.message',
        'select skeleton from app.principal',
        "select app.enter(gen_random_uuid(), 'backstage', gen_random_uuid(), 'held', null, null)",
        "select app.record(gen_random_uuid(), '{}', null)",
        'select app.bury(gen_random_uuid())',
        "select app.settle(gen_random_uuid(), gen_random_uuid(), 'approved')",
        'select app.open_thread(gen_random_uuid(), gen_random_uuid())',
      ])
        expect([statement, await refusal(host, statement)]).toEqual([statement, '42501'])
    })

    test('P9 every table is under forced policies, nothing shows them from above, and who runs as the owner is known', async () => {
      const relations = await store.db
        .admin(`select relname, relkind, relrowsecurity and relforcerowsecurity as bound,
        (select count(*)::int from pg_policy where polrelid = c.oid) as policies
        from pg_class c where relnamespace = 'app'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`)
      expect(relations.length).toBeGreaterThanOrEqual(25)
      for (const { relname, ...is } of relations)
        expect([relname, is]).toMatchObject([relname, { relkind: 'r', bound: true }])
      for (const { relname, policies } of relations)
        expect([relname, Number(policies) > 0]).toEqual([relname, true])
      const functions = await store.db.admin(
        `select distinct proname from pg_proc where pronamespace = 'app'::regnamespace and prosecdef order by 1`,
      )
      expect(functions.map(({ proname }) => proname)).toEqual(DEFINERS.split(/\s+/).sort())
    })
  })
