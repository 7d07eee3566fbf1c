// Faults of our own processes: killed, drained, and killed at the worst moments of one send.
import type { Fault, Stage } from './run.ts'
import { until, wait } from './run.ts'
import { INJECTED, type Node } from './scene.ts'

const nodeAt = (nodes: readonly Node[], i: number): Node => {
  const node = nodes[i % nodes.length]
  if (!node) throw new Error('a scene has nodes')
  return node
}

export const killedInTurn: Fault = {
  id: 'F1',
  says: 'kill -9 of a node every 5 s for 2 min',
  async run({ scene: { nodes }, scale }) {
    for (let i = 0; i < Math.max(2, Math.round(24 * scale)); i++) {
      const node = nodeAt(nodes, i)
      await node.kill()
      const began = Date.now()
      await node.start()
      await wait(Math.max(0, 5_000 * Math.max(scale, 0.4) - (Date.now() - began)))
    }
    return []
  },
}

export const drained: Fault = {
  id: 'F3',
  says: 'SIGTERM to each of 3 nodes in turn',
  async run({ scene: { nodes }, crowd }) {
    const faults: string[] = []
    const cutBefore = closesOf(crowd, 1006)
    for (const node of nodes) {
      const began = Date.now()
      const code = await node.stop()
      const took = Date.now() - began
      if (code !== 0) faults.push(`a drained node exited with ${code}`)
      if (took > 15_000) faults.push(`a node took ${took} ms to drain`)
      await node.start()
      await until(() => crowd.members.every((member) => member.status() === 'connected'), 20_000)
    }
    if (closesOf(crowd, 4503) === 0) faults.push('nobody was told to come back later')
    // The broken lines of the churn are 1006 as well, two a second.
    const cut = closesOf(crowd, 1006) - cutBefore
    if (cut > crowd.members.length / 2) faults.push(`${cut} lines were cut instead of closed`)
    return faults
  },
}

function closesOf({ members }: Stage['crowd'], code: number): number {
  return members.reduce((sum, { history }) => sum + (history.closes.get(code) ?? 0), 0)
}

/** Each moment is made by holding the line where the node waits at that moment, then killing it there. */
export const killedInSend: Fault = {
  id: 'F4',
  says: 'a node dies before the insert, inside it, after the commit, after the first reader',
  async run({ scene, crowd, scale }) {
    const { nodes, admin } = scene
    const faults: string[] = []
    const [first] = nodes
    if (!first) return ['no node']
    const restart = async () => {
      first.toPostgres.mend()
      first.toPeople.mend()
      await first.kill()
      await first.start()
      await until(() => crowd.members.every((member) => member.status() === 'connected'), 20_000)
      await wait(1_000 * scale)
    }

    first.toPostgres.mute(['up']) // the statement never arrives
    await wait(500)
    await restart()

    await admin(HOLD_COMMITS)
    await admin('insert into public.hold values (true)')
    const waiting = await until(async () => (await sleepers(admin)) > 0, 5_000)
    if (!waiting) faults.push('no commit was caught in the act')
    await first.kill() // the backend finishes or rolls back: either is one outcome
    await admin('truncate public.hold')
    await restart()
    await admin('drop function public.hold cascade; drop table public.hold')

    first.toPostgres.mute(['down']) // committed, and the node does not know
    await wait(500)
    await restart()

    first.toPeople.mute(['down']) // others read it, its author never hears
    await wait(500)
    await restart()
    return faults
  },
}

export const thrown: Fault = {
  id: 'F35',
  says: 'something throws that nobody catches, then a promise nobody awaits is rejected',
  async run({ scene: { nodes }, crowd, scale }) {
    const faults: string[] = []
    for (const [node, signal] of [
      [nodeAt(nodes, 0), 'SIGUSR2'],
      [nodeAt(nodes, 1), 'SIGWINCH'],
    ] as const) {
      const { process: server } = node
      if (!server) continue
      process.kill(server.pid, signal)
      const code = await server.ended
      if (code !== 1) faults.push(`a node in an unknown state exited with ${code}`)
      if (!/"fault":"[\w-]+".*"where":"process"/.test(server.output()))
        faults.push('the fault was not logged')
      if (!server.output().includes(INJECTED)) faults.push('the fault was logged without its cause')
      await node.kill()
      await node.start()
      await until(() => crowd.members.every((member) => member.status() === 'connected'), 20_000)
      await wait(1_000 * scale)
    }
    if (closesOf(crowd, 4503) === 0) faults.push('nobody was told to come back later')
    return faults
  },
}

type Admin = Stage['scene']['admin']

async function sleepers(admin: Admin): Promise<number> {
  const rows = await admin(
    `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep' and pid <> pg_backend_pid()`,
  )
  return Number(rows[0]?.['n'] ?? 0)
}

/** Everything is inserted; the commit itself waits while the table holds a row. */
const HOLD_COMMITS = `
  create table public.hold (yes boolean);
  create function public.hold() returns trigger language plpgsql security definer set search_path = '' as $$
  begin
    if exists (select from public.hold) then perform pg_catalog.pg_sleep(2); end if;
    return null;
  end $$;
  create constraint trigger hold after insert on app.entry deferrable initially deferred
    for each row when (new.seq % 20 = 0) execute function public.hold();`
