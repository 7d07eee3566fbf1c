// Faults of the database that takes nothing back: killed, restarted, away, slow, locked, refusing.
import type { Fault, Stage } from './run.ts'
import { until, wait } from './run.ts'

/** What must not happen while there is no database: an acknowledgement. */
async function nothingAcked({ acked }: Stage, ms: number): Promise<string[]> {
  await wait(500) // what was committed before the fault is still being told
  const before = acked()
  await wait(ms)
  return acked() > before ? [`${acked() - before} sends were acknowledged without a database`] : []
}

const accepts = ({ acked }: Stage, withinMs: number): Promise<boolean> => {
  const before = acked()
  return until(() => acked() > before, withinMs)
}

export const postgresKilled: Fault = {
  id: 'F6',
  says: 'kill -9 of the postmaster and its children, 3 s away',
  async run(stage) {
    const { postgres } = stage.scene
    await postgres.kill()
    const faults = await nothingAcked(stage, 3_000 * stage.scale)
    await postgres.start()
    if (!(await accepts(stage, 10_000))) faults.push('no send was accepted within 10 s of its return')
    await wait(3_000 * stage.scale)
    return faults
  },
}

export const postgresRestarted: Fault = {
  id: 'F7',
  says: 'Postgres restarted, smart and fast',
  async run(stage) {
    const { postgres, nodes } = stage.scene
    const faults: string[] = []
    for (const mode of ['smart', 'fast'] as const) {
      const down = postgres.shutDown(mode)
      // A smart shutdown waits for sessions; the nodes keep theirs until somebody breaks them.
      if (mode === 'smart') {
        await wait(1_000 * stage.scale)
        for (const { toPostgres } of nodes) toPostgres.cut()
      }
      await down
      for (const { toPostgres } of nodes) toPostgres.mend()
      await postgres.start()
      if (!(await accepts(stage, 10_000)))
        faults.push(`no send was accepted within 10 s of the ${mode} restart`)
      await wait(3_000 * stage.scale)
    }
    const [row] = await stage.scene.admin(`select current_setting('app.pid', true) as pid`)
    if (row?.['pid'] !== null && row?.['pid'] !== '') faults.push('an identity survived in a session')
    return faults
  },
}

export const postgresAway: Fault = {
  id: 'F12',
  says: 'Postgres away for 60 s: refused in words, nothing acknowledged, the room still readable',
  settleMs: 60_000,
  async run(stage) {
    const { postgres } = stage.scene
    await postgres.crash()
    const faults = await nothingAcked(stage, 60_000 * stage.scale)
    faults.push(...(await readable(stage)))
    await postgres.start()
    if (!(await accepts(stage, 15_000))) faults.push('no send was accepted within 15 s of its return')
    await wait(5_000 * stage.scale)
    return faults
  },
}

/** The room from memory; private logs not at all, and in words. */
async function readable({ crowd }: Stage): Promise<string[]> {
  const here = crowd.members.filter((member) => member.status() === 'connected' && !member.isHost)
  const answers = await Promise.all(
    here.map(async (member) => {
      const at = member.position('room')
      const [room, thread] = await Promise.all([
        member.read('room', Math.max(1, at - 10), at),
        member.read('thread', 1, 10),
      ])
      return `room ${room.entries.length > 0 ? 'read' : room.code}, thread ${thread.code}`
    }),
  )
  const wrong = answers.filter((answer) => answer !== 'room read, thread unavailable')
  if (here.length === 0) return ['nobody stayed connected']
  return wrong.length > 0 ? [`${wrong.length} of ${here.length} were answered: ${wrong[0]}`] : []
}

export const postgresSlow: Fault = {
  id: 'F13',
  says: 'every packet to Postgres 200 ms late, then up to 2 s',
  settleMs: 60_000,
  async run({ scene: { nodes, random }, scale }) {
    for (const { toPostgres } of nodes) toPostgres.slow(() => 200)
    await wait(8_000 * scale)
    for (const { toPostgres } of nodes) toPostgres.slow(() => random.below(2_000))
    await wait(8_000 * scale)
    for (const { toPostgres } of nodes) toPostgres.mend()
    await wait(3_000 * scale)
    return []
  },
}

export const logLocked: Fault = {
  id: 'F14',
  says: 'one room locked for 10 s: the other four go on',
  async run({ scene: { admin }, crowd, scale }) {
    const [locked, ...others] = crowd.streams
    const countIn = (stream: string) =>
      crowd.members
        .filter((member) => crowd.streams[member.stream]?.id === stream)
        .flatMap(({ history }) => history.sends)
        .filter(({ outcome, lane }) => outcome === 'ok' && lane === 'public').length
    const lock = admin(
      `with held as (select id from app.log where stream_id = $1 and kind = 'room' for update)
       select pg_sleep($2) from held`,
      [locked?.id, 10 * scale],
    )
    await wait(1_000 * scale)
    const before = others.map(({ id }) => countIn(id))
    await wait(8_000 * scale)
    const said = others.map(({ id }, i) => countIn(id) - (before[i] ?? 0))
    await lock
    await wait(3_000 * scale)
    // Half of the talk that is due is far below what an unaffected room gets.
    const due = (300 / crowd.streams.length) * 8 * scale * 0.5
    return said
      .filter((count) => count < due)
      .map((count) => `a room that was not locked took ${count} messages of ${due * 2} due`)
  },
}

export const postgresRefuses: Fault = {
  id: 'F16',
  says: 'one commit in five fails with a serialization error or a deadlock, for 10 s',
  async run({ scene: { admin }, scale }) {
    await admin(REFUSE)
    await wait(10_000 * scale)
    await admin('drop function public.refuse cascade')
    const halves = await admin(`
      select m.id from app.message m where m.viewer_id is not null and not (
        exists (select from app.entry e join app.log l on l.id = e.log_id
          where e.message_id = m.id and l.kind = 'thread')
        and exists (select from app.entry e join app.log l on l.id = e.log_id
          where e.message_id = m.id and l.kind = 'inbox'))`)
    await wait(3_000 * scale)
    return halves.length > 0 ? [`${halves.length} private messages are in one log only`] : []
  },
}

const REFUSE = `
  create function public.refuse() returns trigger language plpgsql security definer set search_path = '' as $$
  begin
    if pg_catalog.random() < 0.2 then
      if pg_catalog.random() < 0.5 then raise exception 'injected' using errcode = '40001';
      else raise exception 'injected' using errcode = '40P01'; end if;
    end if;
    return null;
  end $$;
  create trigger refuse after insert on app.entry for each statement execute function public.refuse();`
