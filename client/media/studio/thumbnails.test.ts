import { expect, test } from 'vitest'
import { THUMBNAIL } from '../../../shared/api/recordings.ts'
import { handClock, settle } from '../test/hand.ts'
import { sendThumbnails } from './thumbnails.ts'

function world(sizeOf: (quality: number) => number | null) {
  const clock = handClock()
  const sent: number[] = []
  const drawn: number[] = []
  let release: (() => void) | null = null
  let refuse = false
  const stop = sendThumbnails({
    clock,
    draw(quality) {
      drawn.push(quality)
      const size = sizeOf(quality)
      return Promise.resolve(size === null ? null : new Blob([new Uint8Array(size)]))
    },
    send(jpeg) {
      sent.push(jpeg.size)
      if (refuse) return Promise.reject(new Error('no line'))
      return release === null ? Promise.resolve() : new Promise<void>((resolve) => (release = resolve))
    },
  })
  return {
    ...{ clock, sent, drawn, stop },
    hold: () => (release = () => undefined),
    release: () => release?.(),
    refuse: () => (refuse = true),
    async pass() {
      clock.advance(THUMBNAIL.everyMs)
      await settle()
    },
  }
}

test('one picture goes out per interval, coarser when it would be too large', async () => {
  const { pass, sent, drawn } = world((quality) => (quality > 0.6 ? THUMBNAIL.bytes + 1 : 9_000))
  await pass()
  await pass()
  expect(sent).toEqual([9_000, 9_000])
  expect(drawn).toEqual([0.7, 0.5, 0.7, 0.5])
})

test('a slow line gets the next one when the last has arrived; a refused one is left out', async () => {
  const slow = world(() => 5_000)
  slow.hold()
  await slow.pass()
  await slow.pass()
  expect(slow.sent).toHaveLength(1)
  slow.release()
  await settle()
  await slow.pass()
  expect(slow.sent).toHaveLength(2)
  const refused = world(() => 5_000)
  refused.refuse()
  await refused.pass()
  await refused.pass()
  expect(refused.sent).toHaveLength(2)
})

test('the server, which keeps one per interval, never gets the next one sooner after it took the last', async () => {
  const slow = world(() => 5_000)
  slow.hold()
  await slow.pass()
  slow.clock.advance(1_200)
  slow.release()
  await settle()
  slow.clock.advance(THUMBNAIL.everyMs - 1)
  await settle()
  expect(slow.sent).toHaveLength(1)
  slow.clock.advance(1)
  await settle()
  expect(slow.sent).toHaveLength(2)
})

test('without a picture, or too large at any quality, nothing is sent; nor after the end', async () => {
  const none = world(() => null)
  await none.pass()
  const large = world(() => THUMBNAIL.bytes + 1)
  await large.pass()
  const over = world(() => 5_000)
  over.stop()
  await over.pass()
  expect([none.sent, large.sent, over.sent]).toEqual([[], [], []])
})
