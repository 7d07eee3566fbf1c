// Contract of blocked terms: whose they are, and when their version grows.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Moderation } from '../../app/moderation-ports.ts'
import { codeOf, createStage, valueOf, type World } from './world.ts'

type TermsWorld = Parameters<typeof createStage>[0] & { moderation: Moderation; close: World['close'] }

export function termsContract(make: () => Promise<TermsWorld>): void {
  describe('blocked terms', () => {
    let world: TermsWorld
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    test('P25 the terms of a host count in its streams, and their version grows when they change', async () => {
      const { moderation } = world
      const { stream, other, host, carol, ada } = await createStage(world)
      const none = { ver: 0, terms: [] }
      expect(await moderation.termsOf(stream)).toEqual(none)
      expect(await moderation.ownTerms(host)).toEqual(none)
      const terms = [
        { pattern: 'spoiler', action: 'refuse' as const },
        { pattern: 'wh* dies', action: 'hold' as const },
      ]
      expect(valueOf(await moderation.setTerms(host, terms))).toEqual({ ver: 1, terms })
      expect(await moderation.termsOf(stream)).toEqual({ ver: 1, terms })
      expect(await moderation.ownTerms(host)).toEqual({ ver: 1, terms })
      expect(await moderation.termsOf(other)).toEqual(none)
      expect(valueOf(await moderation.setTerms(host, terms)).ver).toBe(1)
      expect(valueOf(await moderation.setTerms(host, [])).ver).toBe(2)
      expect(await moderation.termsOf(stream)).toEqual({ ver: 2, terms: [] })
      expect(codeOf(await moderation.setTerms(ada, terms))).toBe('not_allowed')
      expect(await moderation.ownTerms(carol)).toEqual(none)
      expect(await moderation.termsOf(randomUUID())).toEqual(none)
    })
  })
}
