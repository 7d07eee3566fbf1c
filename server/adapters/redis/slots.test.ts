import { expect, test } from 'vitest'
import { hostOf, readSlots, slotOf, urlAt } from './slots.ts'

test('the slot of a name is its CRC-16, as the cluster specification gives it', () => {
  expect(slotOf('123456789')).toBe(0x31c3)
  expect(slotOf('')).toBe(0)
})

test('a map names the owner of each slot; replicas and holes are nobody', () => {
  const map = readSlots(
    [
      [0, 1, ['10.0.0.1', 7000, 'id', []], ['10.0.0.9', 7009, 'id', []]],
      [3, 3, ['', 7001, 'id']],
      [4, 4, [null, 7002, 'id']],
      [5, 5, ['::1', 7003, 'id']],
    ],
    'asked',
  )
  const owners = ['10.0.0.1:7000', '10.0.0.1:7000', undefined, 'asked:7001', 'asked:7002', '::1:7003']
  expect(map.slice(0, 7)).toEqual([...owners, undefined])
  expect(map).toHaveLength(16_384)
})

test.each([[[]], ['OK'], [null], [[7]], [[[0, 1]]], [[['0', 1, ['h', 1]]]]])('%j is no map', (answer) => {
  expect(() => readSlots(answer, 'asked')).toThrow('slots')
})

test('another server is reached as the configured one is', () => {
  const configured = 'rediss://ada:s%40crets@first:7000/0'
  expect(urlAt(configured, '10.0.0.2:7001')).toBe('rediss://ada:s%40crets@10.0.0.2:7001/0')
  expect(urlAt(configured, '::1:7001')).toBe('rediss://ada:s%40crets@[::1]:7001/0')
  expect([hostOf('redis://[::1]:7000'), hostOf('redis://first:7000')]).toEqual(['::1', 'first'])
})
