// Responses that are made while they are sent.
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startUws } from '../../test/uws-server.ts'

const headers = { 'transfer-encoding': 'chunked', 'content-type': 'text/plain' }

/** A response of `count` chunks that counts how many were asked for, and whether it was let go. */
function counted(count: number, size: number, fails = false) {
  const seen = { made: 0, cancelled: false }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (seen.made === count) {
          if (fails) controller.error(new Error('gone'))
          else controller.close()
          return
        }
        seen.made += 1
        controller.enqueue(new Uint8Array(size).fill(97))
      },
      cancel: () => void (seen.cancelled = true),
    },
    { highWaterMark: 0 },
  )
  return { seen, response: () => Promise.resolve(new Response(body, { headers })) }
}

test('P30 a stream arrives whole, chunk by chunk', async () => {
  const { response, seen } = counted(20, 100_000)
  await using server = await startUws(response)
  const answer = await fetch(server.url)
  expect(answer.headers.get('content-length')).toBeNull()
  expect((await answer.text()).length).toBe(2_000_000)
  expect(seen).toEqual({ made: 20, cancelled: false })
})

test('P30 a stream waits for its reader, and ends when the reader leaves', async () => {
  const { response, seen } = counted(100_000, 100_000)
  await using server = await startUws(response)
  const socket = connect(server.port, '127.0.0.1')
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  // Nothing is read: what the kernel takes, and one chunk more, is all that is made.
  let before = -1
  await expect
    .poll(() => [seen.made > 0 && seen.made === before, (before = seen.made)], { interval: 200 })
    .toEqual([true, expect.any(Number)])
  expect(seen.made).toBeLessThan(500)
  socket.destroy()
  await expect.poll(() => seen.cancelled).toBe(true)
})

test('P30 a stream that fails is cut off, and never looks whole', async () => {
  await using server = await startUws(counted(3, 10, true).response)
  await expect(fetch(server.url).then((answer) => answer.text())).rejects.toThrow()
  expect(server.faults).toMatchObject([{ where: 'http bridge' }])
  await using early = await startUws(counted(0, 0, true).response)
  expect((await fetch(early.url)).status).toBe(500)
})
