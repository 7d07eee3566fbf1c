// Held messages in the memory journal: let into the room, or kept out of it.
import { deny } from '../../../shared/protocol/index.ts'
import type { Result } from '../../../shared/protocol/index.ts'
import type { Act, Change, Placed } from '../../app/ports.ts'
import type { Desk, HeldRow } from './rows.ts'
import { changed } from './scene.ts'
import type { Scene } from './scene.ts'
import type { createSends } from './sends.ts'

export function createSettling({ rows }: Desk, sends: ReturnType<typeof createSends>) {
  function settle(scene: Scene, row: HeldRow, verdict: 'approved' | 'rejected'): Placed[] {
    row.verdict = verdict
    row.decidedAt = scene.now
    const { id, sender } = row
    return [
      scene.toThread(sender, { type: 'notice', notice: { is: verdict, target: id } }),
      scene.backstage({ type: 'settled', target: id, verdict, by: scene.by }),
    ]
  }

  /** Its time is now, its author as it was; what it answered may be gone meanwhile. */
  function approve(scene: Scene, row: HeldRow): Placed[] {
    const { id, cmid, stream, sender, author, viewer, text } = row
    const target = row.replyTo === null ? undefined : rows.messages.get(row.replyTo)
    const replyTo = target && target.text !== null ? target.id : null
    rows.messages.set(id, { id, cmid, stream, sender, author, viewer, text, replyTo, at: scene.now })
    const said = scene.inRoom({ type: 'said', message: id })
    sends.approved(row, id, scene.now, [said])
    return [said, ...settle(scene, row, 'approved')]
  }

  const reject = (scene: Scene, row: HeldRow) => settle(scene, row, 'rejected')

  return {
    reject,
    decide(scene: Scene, { type, target }: Extract<Act, { type: 'approve' | 'reject' }>): Result<Change> {
      const row = rows.held.get(target)
      if (row?.stream !== scene.stream.id) return deny('not_found')
      const verdict = type === 'approve' ? 'approved' : 'rejected'
      if (row.verdict === verdict) return changed(scene, [])
      if (row.verdict !== 'open') return deny('wrong_state')
      return changed(scene, (type === 'approve' ? approve : reject)(scene, row))
    },
  }
}
