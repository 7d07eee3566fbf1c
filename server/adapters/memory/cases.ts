// What is said about messages and people in the memory journal, for host and moderators alone: reports and notes.
import { LIMITS, deny } from '../../../shared/protocol/index.ts'
import type { Result } from '../../../shared/protocol/index.ts'
import type { MessageId, PrincipalId } from '../../../shared/ids.ts'
import type { Act, Change } from '../../app/ports.ts'
import { codePoints } from '../../domain/text.ts'
import type { Desk, MessageRow } from './rows.ts'
import { changed } from './scene.ts'
import type { Scene } from './scene.ts'

export function createCases({ rows, random }: Desk) {
  const { messages, reports, notes } = rows

  function publicOne(scene: Scene, target: MessageId): MessageRow | null {
    const message = messages.get(target)
    return message?.stream === scene.stream.id && message.viewer === null ? message : null
  }

  return {
    report(scene: Scene, act: Extract<Act, { type: 'report' }>): Result<Change> {
      const { target, reason, note = null } = act
      const { by } = scene
      const message = publicOne(scene, target)
      if (!message || message.text === null) return deny('not_found')
      if (message.sender === by.id) return deny('not_allowed')
      const known = reports.get(target) ?? { by: new Set(), open: false }
      if (known.by.has(by.id)) return changed(scene, [])
      known.by.add(by.id)
      reports.set(target, { ...known, open: true })
      const report = { by, reason, note, message: target }
      return changed(scene, [scene.backstage({ type: 'reported', report })])
    },

    resolve(scene: Scene, target: MessageId): Result<Change> {
      if (!publicOne(scene, target)) return deny('not_found')
      const known = reports.get(target)
      if (!known?.open) return changed(scene, [])
      reports.set(target, { ...known, open: false })
      return changed(scene, [scene.backstage({ type: 'resolved', target, by: scene.by })])
    },

    note(scene: Scene, target: PrincipalId, text: string): Result<Change> {
      if (text === '') return deny('text_empty')
      if (codePoints(text) > LIMITS.noteChars) return deny('text_too_long')
      const note = random.uuid()
      notes.set(note, text)
      return changed(scene, [scene.deed({ is: 'noted', target: scene.person(target), note })])
    },
  }
}
