import { expect, test } from 'vitest'
import { createAppender, type MediaBuffer } from './appender.ts'

/** A SourceBuffer that finishes an operation when told to, and logs what it was asked. */
function handBuffer() {
  const log: string[] = []
  const listeners = new Map<string, () => void>()
  let spans: [number, number][] = []
  let quota = Infinity
  const buffer = {
    updating: false,
    timestampOffset: 0,
    get buffered() {
      return {
        length: spans.length,
        start: (i: number) => spans[i]![0],
        end: (i: number) => spans[i]![1],
      }
    },
    appendBuffer(bytes: ArrayBuffer) {
      if (bytes.byteLength > quota) throw Object.assign(new Error('full'), { name: 'QuotaExceededError' })
      log.push(`append ${bytes.byteLength} at ${buffer.timestampOffset}`)
      buffer.updating = true
    },
    remove(start: number, end: number) {
      log.push(`remove ${start}-${end}`)
      buffer.updating = true
    },
    changeType: (mime: string) => void log.push(`type ${mime}`),
    addEventListener: (name: string, fn: () => void) => void listeners.set(name, fn),
    removeEventListener: (name: string) => void listeners.delete(name),
  }
  return {
    buffer: buffer as unknown as MediaBuffer,
    log,
    holds: (...next: [number, number][]) => void (spans = next),
    quota: (bytes: number) => void (quota = bytes),
    done: () => {
      buffer.updating = false
      listeners.get('updateend')?.()
    },
    fail: () => listeners.get('error')?.(),
  }
}

function world() {
  const hand = handBuffer()
  const told: unknown[] = []
  let position = 0
  const appender = createAppender({
    buffer: hand.buffer,
    position: () => position,
    appended: (drained) => told.push(drained ? 'drained' : 'more'),
    broken: (error) => told.push(error),
  })
  return { ...hand, told, appender, at: (seconds: number) => void (position = seconds) }
}

const bytes = (length: number) => new ArrayBuffer(length)

test('chunks go in one at a time and in order', () => {
  const { appender, log, done, told } = world()
  appender.push(bytes(1))
  appender.push(bytes(2))
  expect(log).toEqual(['append 1 at 0'])
  done()
  done()
  expect(log).toEqual(['append 1 at 0', 'append 2 at 0'])
  expect(told).toEqual(['more', 'drained'])
})

test('a generation takes effect between its neighbours, not before what still waits', () => {
  const { appender, log, done } = world()
  appender.push(bytes(1))
  appender.push(bytes(2))
  appender.generation('video/mp4', 12.5)
  appender.push(bytes(3))
  done()
  done()
  expect(log).toEqual(['append 1 at 0', 'append 2 at 0', 'type video/mp4', 'append 3 at 12.5'])
})

test('what was played long ago is removed, not at every chunk', () => {
  const { appender, log, done, holds, at } = world()
  holds([0, 31])
  at(19)
  appender.push(bytes(1))
  done()
  at(30)
  appender.push(bytes(2))
  expect(log).toEqual(['append 1 at 0', 'remove 0-20'])
  holds([20, 31])
  done()
  expect(log.at(-1)).toBe('append 2 at 0')
})

test('a full buffer makes room behind the position and tries the same chunk again', () => {
  const { appender, log, done, holds, at, quota, told } = world()
  holds([0, 11])
  at(10)
  quota(5)
  appender.push(bytes(9))
  expect(log).toEqual(['remove 0-9'])
  quota(100)
  holds([9, 11])
  done()
  expect(log.at(-1)).toBe('append 9 at 0')
  expect(told).toEqual(['more'])
})

test('full with nothing to give up is broken, once, and silent afterwards', () => {
  const { appender, told, holds, at, quota, log, fail } = world()
  holds([9, 11])
  at(9)
  quota(5)
  appender.push(bytes(9))
  expect(told).toEqual([expect.objectContaining({ name: 'QuotaExceededError' })])
  appender.push(bytes(1))
  fail()
  expect(log).toEqual([])
  expect(told.length).toBe(1)
})

test('a chunk the decoder refuses is broken', () => {
  const { appender, told, fail } = world()
  appender.push(bytes(1))
  fail()
  expect(told).toEqual([expect.any(Error)])
})
