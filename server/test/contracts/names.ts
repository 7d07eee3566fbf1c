// Contract of names: who looks like somebody who may host, and names from before there were skeletons.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { skeletonise } from '../../app/names.ts'
import type { Names } from '../../app/moderation-ports.ts'
import { skeleton } from '../../domain/confusable.ts'
import { valueOf, type World } from './world.ts'

export function namesContract(make: () => Promise<World & { names: Names }>): void {
  describe('names', () => {
    let world: World & { names: Names }
    beforeAll(async () => void (world = await make()))
    afterAll(() => world.close())

    /** As people were made before their names had skeletons. */
    const account = async (name: string, canHost: boolean) =>
      valueOf(
        await world.people.createAccount({
          ...{ id: randomUUID(), name, email: null, passwordHash: null, canHost, now: Date.now() },
        }),
      ).id

    test('P23 names from before get their skeleton, and are taken from then on by those who may host', async () => {
      const { people, names } = world
      const hana = await account('Hana', true)
      await account('Viola', false)
      await people.createGuest({ id: randomUUID(), name: 'Guest' })
      const taken = (name: string, except: string | null = null) => names.taken(skeleton(name), except)
      expect(await taken('Hana')).toBe(false)
      expect(await names.unskeletoned(2)).toHaveLength(2)
      await skeletonise(names)
      expect(await names.unskeletoned(2)).toEqual([])
      expect(await taken('НАNА')).toBe(true)
      expect(await taken('Hana', hana)).toBe(false)
      expect(await taken('Viola')).toBe(false)
      expect(await taken('Guest')).toBe(false)
      expect(await taken('Hanna')).toBe(false)
    })

    test('a name that changed meanwhile keeps what came with it', async () => {
      const { people, names } = world
      const id = await account('Before', true)
      const [old] = await names.unskeletoned(1)
      expect(old).toEqual({ id, name: 'Before' })
      valueOf(await people.update(id, { name: 'After' }))
      await names.keep([{ id, name: 'Before', skeleton: 'wrong' }])
      expect(await names.taken('wrong', null)).toBe(false)
    })
  })
}
