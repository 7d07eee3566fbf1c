// What is taken away in the memory journal: one message, or the newest ones of a person. The words of public ones stay
// backstage for a while.
import { LIMITS, deny } from '../../../shared/protocol/index.ts'
import type { Result } from '../../../shared/protocol/index.ts'
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Change, Placed } from '../../app/ports.ts'
import type { Desk, MessageRow } from './rows.ts'
import { changed } from './scene.ts'
import type { Scene } from './scene.ts'
import type { createSettling } from './settling.ts'

const KEPT_MS = 30 * 86_400_000

export function createRemovals({ rows, place }: Desk, settling: ReturnType<typeof createSettling>) {
  const { messages, removed, held, pins } = rows

  function remove(scene: Scene, target: MessageId): Result<Change> {
    const { by, role, stream } = scene
    const message = messages.get(target)
    if (message?.stream !== stream.id) return deny('not_found')
    const { viewer, sender } = message
    if (viewer !== null && viewer !== by.id && role !== 'host') return deny('not_found')
    const allowed = sender === by.id || role === 'host' || (viewer === null && role === 'moderator')
    if (!allowed) return deny('not_allowed')
    if (message.text === null) return changed(scene, [], target)
    const fact = { type: 'deleted', target } as const
    if (viewer !== null) {
      message.text = null
      const inbox = { kind: 'inbox', stream: stream.id } as const
      return changed(scene, [scene.toThread(viewer, fact), place(inbox, fact)], target)
    }
    forget(scene)
    blank(scene, message)
    const placed = [scene.inRoom(fact)]
    if (pins.get(stream.id)?.target === target) placed.push(...unpin(scene))
    return changed(scene, [...placed, scene.deed({ is: 'deleted', message: target })], target)
  }

  function wipe(scene: Scene, target: PrincipalId): Result<Change> {
    const { stream } = scene
    const theirs = [...messages.values()].filter(
      ({ stream: where, sender, viewer, text }) =>
        where === stream.id && sender === target && viewer === null && text !== null,
    )
    const newest = theirs.slice(-LIMITS.wipeMessages)
    const waiting = [...held.values()].filter(
      ({ stream: where, sender, verdict }) => where === stream.id && sender === target && verdict === 'open',
    )
    if (newest.length + waiting.length === 0) return changed(scene, [])
    forget(scene)
    const placed: Placed[] = newest.map((message) => {
      blank(scene, message)
      return scene.inRoom({ type: 'deleted', target: message.id })
    })
    if (newest.some(({ id }) => id === pins.get(stream.id)?.target)) placed.push(...unpin(scene))
    placed.push(scene.deed({ is: 'wiped', target: scene.person(target), count: newest.length }))
    for (const row of waiting) placed.push(...settling.reject(scene, row))
    return changed(scene, placed)
  }

  function blank({ stream, now }: Scene, message: MessageRow) {
    if (message.text !== null) removed.set(message.id, { stream: stream.id, text: message.text, at: now })
    message.text = null
  }

  /** In passing, of this stream: what was kept long enough. */
  function forget({ stream, now }: Scene) {
    for (const [id, row] of removed)
      if (row.stream === stream.id && row.at < now - KEPT_MS) removed.delete(id)
    for (const row of held.values())
      if (row.stream === stream.id && row.decidedAt !== null && row.decidedAt < now - KEPT_MS) row.text = null
  }

  function unpin(scene: Scene): Placed[] {
    const current = pins.get(scene.stream.id)
    if (!current || current.target === null) return []
    const ver = current.ver + 1
    pins.set(scene.stream.id, { target: null, ver })
    return [scene.inRoom({ type: 'unpinned', ver })]
  }

  return { remove, wipe, unpin }
}
