// Partitions: every pair of parties that can lose each other while both are well.
import type { Fault } from './run.ts'
import { until, wait } from './run.ts'

export const partitions: Fault = {
  id: 'F19',
  says: 'one node without Redis, without Postgres, without both; people without a node, one way',
  async run({ scene: { nodes }, scale }) {
    const [one] = nodes
    if (!one) return ['no node']
    const for5s = async (apart: () => void) => {
      apart()
      await wait(5_000 * scale)
      for (const line of [one.toPostgres, one.toRedis, one.toPeople]) line.mend()
      await wait(2_000 * scale)
    }
    await for5s(() => one.toRedis.cut())
    await for5s(() => one.toPostgres.cut())
    await for5s(() => {
      one.toRedis.mute(['up', 'down'])
      one.toPostgres.mute(['up', 'down'])
    })
    await for5s(() => one.toPeople.mute(['up']))
    await for5s(() => one.toPeople.mute(['down']))
    return []
  },
}

export const halfOpen: Fault = {
  id: 'F21',
  says: 'every packet of a fifth of the people is dropped for 75 s, and no line is closed',
  settleMs: 60_000,
  async run({ scene: { nodes }, crowd, scale }) {
    for (const { toPeople } of nodes) toPeople.mute(['up', 'down'], (line) => line % 5 === 0)
    await wait(75_000 * scale)
    for (const { toPeople } of nodes) toPeople.mend()
    const back = await until(() => crowd.members.every((member) => member.status() === 'connected'), 60_000)
    return back ? [] : ['not everybody came back']
  },
}
