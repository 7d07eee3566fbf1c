// The database is replaced: by a standby that has everything, or by a backup that has less.
import { startCluster } from '../cluster.ts'
import { rotateEpochs } from '../../adapters/pg/epochs.ts'
import type { Fault } from './run.ts'
import { until, wait } from './run.ts'

export const failover: Fault = {
  id: 'F17',
  says: 'the primary dies, its synchronous standby takes over',
  async run({ scene, scale, acked }) {
    const primary = scene.postgres
    const standby = await startCluster([], { copyOf: primary, standby: true })
    await scene.admin(`alter system set synchronous_standby_names = '*'`)
    await scene.admin('select pg_reload_conf()')
    const inStep = () =>
      scene
        .admin(`select count(*)::int as n from pg_stat_replication where sync_state = 'sync'`)
        .then(([row]) => Number(row?.['n']) > 0)
    const faults = (await until(inStep, 10_000)) ? [] : ['the standby never came into step']
    await wait(4_000 * scale)
    await primary.kill()
    await scene.useDatabase(standby)
    await scene.admin('select pg_promote()')
    const before = acked()
    if (!(await until(() => acked() > before, 15_000))) faults.push('no send was accepted within 15 s of it')
    await wait(4_000 * scale)
    return faults
  },
}

export const restored: Fault = {
  id: 'F18',
  says: 'an earlier backup is restored and the epochs are rotated',
  async run({ scene, scale, crowd, acked }) {
    const backup = await startCluster([], { copyOf: scene.postgres })
    await wait(6_000 * scale) // said, read, and lost with the disk
    for (const { toPostgres } of scene.nodes) toPostgres.cut()
    await scene.useDatabase(backup)
    await rotateEpochs(scene.pool())
    const known = new Map(crowd.members.map((member) => [member, member.history.snapshots]))
    for (const { toPostgres } of scene.nodes) toPostgres.mend()
    for (const { history } of crowd.members) history.restoredAt = Date.now()
    const before = acked()
    const faults = (await until(() => acked() > before, 15_000))
      ? []
      : ['no send was accepted within 15 s of it']
    const told = () => crowd.members.every((member) => member.history.snapshots > (known.get(member) ?? 0))
    if (!(await until(told, 30_000))) faults.push('not everybody was told that the history is another one')
    await wait(3_000 * scale)
    return faults
  },
}
