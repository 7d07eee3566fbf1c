// Responses that are made while they are sent.
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startUws } from '../../test/uws-server.ts'

const headers = { 'transfer-encoding': 'chunked', 'content-type': 'text/plain' }

/** A response of `count` chunks that counts how many were asked for, and whether it was let go. */
function counted(count: number, size: number, { fails = false, said = NaN } = {}) {
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
  const length = Number.isNaN(said) ? {} : { 'content-length': String(said) }
  return { seen, response: () => Promise.resolve(new Response(body, { headers: { ...headers, ...length } })) }
}

test('P30 a stream arrives whole, chunk by chunk', async () => {
  const { response, seen } = counted(20, 100_000)
  await using server = await startUws(response)
  const answer = await fetch(server.url)
  expect(answer.headers.get('content-length')).toBeNull()
  expect((await answer.text()).length).toBe(2_000_000)
  expect(seen).toEqual({ made: 20, cancelled: false })
})

test('V41 a stream of known length says it, and brings exactly as many bytes to a slow reader', async () => {
  const { response, seen } = counted(20, 1_000_000, { said: 20_000_000 })
  await using server = await startUws(response)
  const answer = await fetch(server.url)
  expect(answer.headers.get('content-length')).toBe('20000000')
  expect(answer.headers.get('transfer-encoding')).toBeNull()
  const reader = answer.body!.getReader()
  // Nothing is read until nothing more is made.
  let before = -1
  await expect
    .poll(() => [seen.made > 0 && seen.made === before, (before = seen.made)], { interval: 200 })
    .toEqual([true, expect.any(Number)])
  expect(seen.made).toBeLessThan(20)
  let bytes = 0
  let right = true
  for (;;) {
    const { value } = await reader.read()
    if (!value) break
    bytes += value.byteLength
    right &&= Buffer.alloc(value.byteLength, 97).equals(value)
  }
  expect([bytes, right, seen.made, server.faults]).toEqual([20_000_000, true, 20, []])
})

test('V41 a length beyond four gigabytes is said as it is, and nothing is a length as well', async () => {
  const { response, seen } = counted(100, 1_000, { said: 5_000_000_000 })
  await using server = await startUws(response)
  const leave = new AbortController()
  const answer = await fetch(server.url, { signal: leave.signal })
  expect(answer.headers.get('content-length')).toBe('5000000000')
  await expect(answer.arrayBuffer()).rejects.toThrow()
  expect([seen.made, server.faults.length]).toEqual([100, 1])
  await using none = await startUws(counted(0, 0, { said: 0 }).response)
  const empty = await fetch(none.url)
  expect([empty.headers.get('content-length'), await empty.text(), none.faults]).toEqual(['0', '', []])
})

test('V41 a stream that turns out shorter, longer or broken is cut off and never looks whole', async () => {
  for (const [count, fails, said] of [
    [3, false, 40_000],
    [5, false, 35_000],
    [3, true, 40_000],
  ] as const) {
    await using server = await startUws(counted(count, 10_000, { fails, said }).response)
    const body = fetch(server.url).then((answer) => answer.arrayBuffer())
    expect(await body.then(Boolean, () => 'cut off')).toBe('cut off')
    expect(server.faults).toMatchObject([{ where: 'http bridge' }])
  }
})

for (const said of [NaN, 10_000_000_000])
  test(`${Number.isNaN(said) ? 'P30' : 'V41'} a stream waits for its reader, and ends when the reader leaves`, async () => {
    const { response, seen } = counted(100_000, 100_000, { said })
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
  await using server = await startUws(counted(3, 10, { fails: true }).response)
  await expect(fetch(server.url).then((answer) => answer.text())).rejects.toThrow()
  expect(server.faults).toMatchObject([{ where: 'http bridge' }])
  await using early = await startUws(counted(0, 0, { fails: true }).response)
  expect((await fetch(early.url)).status).toBe(500)
})
