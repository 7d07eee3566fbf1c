import { expect, test } from 'vitest'
import { retryHint } from '../../../shared/protocol/index.ts'
import { connectRaw, frameOf, OPCODES } from '../../test/raw-socket.ts'
import { ORIGIN, recordingEndpoint, startUws, type Seen } from '../../test/uws-server.ts'

const noHttp = () => Promise.resolve(new Response('http'))
const echo = (seen: Seen, frame: string | Uint8Array) => {
  if (frame === 'throw') throw new Error('a bug')
  seen.peer.send(frame)
}

test.each([
  'https://evil.example',
  'null',
  'https://stage.example.evil.tld',
  'https://stage.example:8443',
  'http://stage.example',
  'https://STAGE.example',
  'https://stage.example/',
])('C9 an upgrade from %s is refused before it happens', async (origin) => {
  const { endpoint, sessions } = recordingEndpoint()
  await using server = await startUws(noHttp, [endpoint])
  const socket = await connectRaw(server.port, '/chat', { origin })
  expect([socket.status, sessions.length]).toEqual([403, 0])
})

test('C9 our own origin and no origin are let in; cookies play no part', async () => {
  const { endpoint, sessions } = recordingEndpoint(echo)
  await using server = await startUws(noHttp, [endpoint])
  const statuses = []
  for (const headers of [{ origin: ORIGIN }, {}, { cookie: 'session=x' }]) {
    const socket = await connectRaw(server.port, '/chat', headers)
    socket.text('hi')
    statuses.push([socket.status, await socket.nextText()])
    socket.destroy()
  }
  expect(statuses).toEqual([
    [101, 'hi'],
    [101, 'hi'],
    [101, 'hi'],
  ])
  expect(sessions).toHaveLength(3)
})

test('one socket more than an address may have is refused with 429; a place that was left is free', async () => {
  const { endpoint, sessions } = recordingEndpoint()
  const limits = { socketsPerAddress: 2, maxBodyBytes: 1 }
  await using server = await startUws(noHttp, [endpoint], { limits })
  const first = await connectRaw(server.port, '/chat')
  const second = await connectRaw(server.port, '/chat')
  expect((await connectRaw(server.port, '/chat')).status).toBe(429)
  first.write(frameOf(OPCODES.close, Buffer.from([3, 232])))
  await first.ended()
  expect(sessions[0]?.closed).toBe(1)
  expect((await connectRaw(server.port, '/chat')).status).toBe(101)
  second.destroy()
})

test('text arrives as text and binary as bytes of its own', async () => {
  const { endpoint, sessions } = recordingEndpoint(echo)
  await using server = await startUws(noHttp, [endpoint])
  const socket = await connectRaw(server.port, '/chat')
  socket.binary(new Uint8Array([1, 2, 3]))
  socket.text('')
  socket.text('a\0b é 👩‍👩‍👧')
  expect([await socket.nextText(), await socket.nextText()]).toEqual(['', 'a\0b é 👩‍👩‍👧'])
  // The library has taken its memory back by now: a view would be empty.
  expect(sessions[0]?.binaries).toEqual([new Uint8Array([1, 2, 3])])
})

const hostile: [string, () => Buffer[]][] = [
  ['a frame over the limit', () => [frameOf(OPCODES.text, 'x'.repeat(1_025))]],
  [
    'two fragments over the limit',
    () => [
      frameOf(OPCODES.text, 'x'.repeat(800), { fin: false }),
      frameOf(OPCODES.continuation, 'x'.repeat(800)),
    ],
  ],
  ['a length of 2^62 and no payload', () => [frameOf(OPCODES.text, '', { length: 2n ** 62n })]],
  ['invalid UTF-8', () => [frameOf(OPCODES.text, Buffer.from([0xff, 0xfe]))]],
  ['opcode 3', () => [frameOf(3, 'x')]],
  ['RSV2', () => [frameOf(OPCODES.text, 'x', { flags: 0x20 })]],
  ['a compressed frame nobody agreed to', () => [frameOf(OPCODES.text, 'x', { flags: 0x40 })]],
  ['a fragmented ping', () => [frameOf(OPCODES.ping, 'x', { fin: false })]],
  ['a ping of 126 bytes', () => [frameOf(OPCODES.ping, 'x'.repeat(126))]],
  ['a stray continuation', () => [frameOf(OPCODES.continuation, 'x')]],
  [
    'a new text inside a fragmented one',
    () => [frameOf(OPCODES.text, 'x', { fin: false }), frameOf(OPCODES.text, 'y')],
  ],
  ['a close payload of one byte', () => [frameOf(OPCODES.close, 'x')]],
]

test.each(hostile)('%s closes that socket alone', async (_, frames) => {
  const { endpoint, sessions } = recordingEndpoint(echo)
  await using server = await startUws(noHttp, [endpoint])
  const neighbour = await connectRaw(server.port, '/chat')
  const socket = await connectRaw(server.port, '/chat')
  for (const frame of frames()) socket.write(frame)
  await socket.ended()
  expect(sessions[1]).toMatchObject({ texts: [], closed: 1 })
  neighbour.text('still here')
  expect(await neighbour.nextText()).toBe('still here')
})

test('compression is never agreed to', async () => {
  const { endpoint } = recordingEndpoint()
  await using server = await startUws(noHttp, [endpoint])
  const socket = await connectRaw(server.port, '/chat', {
    'sec-websocket-extensions': 'permessage-deflate',
  })
  expect(socket.head).not.toMatch(/sec-websocket-extensions/i)
})

test('a session that throws is a fault with an id, closed with 4500; the others go on', async () => {
  const { endpoint, sessions } = recordingEndpoint(echo)
  await using server = await startUws(noHttp, [endpoint])
  const neighbour = await connectRaw(server.port, '/chat')
  const socket = await connectRaw(server.port, '/chat')
  socket.text('throw')
  expect(await socket.closed()).toEqual({ code: 4500, reason: 'fault=fault-1' })
  expect(server.faults[0]?.where).toBe('/chat frame')
  expect(sessions[1]?.closed).toBe(1)
  neighbour.text('still here')
  expect(await neighbour.nextText()).toBe('still here')
})

test('a session that throws while opening or closing costs its own socket alone', async () => {
  const broken = recordingEndpoint(undefined, {
    path: '/push',
    open() {
      throw new Error('no')
    },
  })
  const { endpoint } = recordingEndpoint(undefined, {
    open: () => ({
      text: () => undefined,
      binary: () => undefined,
      closed() {
        throw new Error('no')
      },
    }),
  })
  await using server = await startUws(noHttp, [broken.endpoint, endpoint])
  const opening = await connectRaw(server.port, '/push')
  expect((await opening.closed()).code).toBe(4500)
  const closing = await connectRaw(server.port, '/chat')
  closing.write(frameOf(OPCODES.close, Buffer.from([3, 232])))
  await closing.ended()
  expect(server.faults.map((fault) => fault.where)).toEqual(['/push open', '/chat closed'])
})

test('a peer does nothing once it is closed, and a long reason is cut at a character', async () => {
  const { endpoint, sessions } = recordingEndpoint(({ peer }) => {
    peer.close(4403, 'é'.repeat(100))
    expect(peer.send('after')).toBe(false)
    expect(peer.buffered()).toBe(0)
    peer.subscribe('a')
    peer.unsubscribe('a')
    peer.close(4400)
  })
  await using server = await startUws(noHttp, [endpoint])
  const socket = await connectRaw(server.port, '/chat')
  socket.text('go')
  expect(await socket.closed()).toEqual({ code: 4403, reason: 'é'.repeat(61) })
  expect(sessions[0]?.closed).toBe(1)
  expect(server.faults).toEqual([])
})

test('a topic reaches its subscribers, once each, text as text and bytes as bytes', async () => {
  const { endpoint } = recordingEndpoint(({ peer }, frame) => {
    if (frame === 'leave') peer.unsubscribe('room')
    else peer.subscribe('room')
    peer.send('done')
  })
  await using server = await startUws(noHttp, [endpoint])
  const [a, b] = [await connectRaw(server.port, '/chat'), await connectRaw(server.port, '/chat')]
  for (const [socket, says] of [
    [a, 'join'],
    [b, 'join'],
  ] as const) {
    socket.text(says)
    await socket.nextText()
  }
  server.uws.topics.publish('room', 'one')
  server.uws.topics.publish('room', new Uint8Array([7]))
  expect([await a.nextText(), await b.nextText()]).toEqual(['one', 'one'])
  b.text('leave')
  expect(await b.nextText()).toBe('done')
  server.uws.topics.publish('room', 'two')
  expect(await a.nextText()).toBe('two')
  b.text('leave')
  expect(await b.nextText()).toBe('done')
  expect(b.frames.map((frame) => [frame.opcode, ...frame.payload])).toEqual([[OPCODES.binary, 7]])
})

test('what is corked comes in order, behind what was published before, and may end in a close', async () => {
  const { endpoint } = recordingEndpoint(({ peer }, frame) => {
    if (frame === 'join') {
      peer.subscribe('room')
      peer.send('joined')
      return
    }
    server.uws.topics.publish('room', 'published')
    peer.cork(() => {
      peer.send('one')
      peer.send('two')
      peer.close(4403)
      expect(peer.send('after')).toBe(false)
    })
    peer.cork(() => void peer.send('later'))
  })
  await using server = await startUws(noHttp, [endpoint])
  const socket = await connectRaw(server.port, '/chat')
  socket.text('join')
  expect(await socket.nextText()).toBe('joined')
  socket.text('go')
  expect((await socket.closed()).code).toBe(4403)
  expect(
    socket.frames.map(({ opcode, payload }) => (opcode === OPCODES.text ? payload.toString() : '')),
  ).toEqual(['published', 'one', 'two', ''])
  expect(server.faults).toEqual([])
})

test('C7 a client that does not read is closed at the bound, by sends and by publishes alike', async () => {
  for (const how of ['send', 'publish'] as const) {
    const { endpoint, sessions } = recordingEndpoint(({ peer }) => peer.subscribe('room'))
    await using server = await startUws(noHttp, [endpoint])
    const socket = await connectRaw(server.port, '/chat')
    socket.text('join')
    await expect.poll(() => sessions[0]?.texts).toHaveLength(1)
    socket.tcp.pause()
    const session = sessions[0] as Seen
    const frame = 'x'.repeat(16_384)
    let refused = 0
    for (let sent = 0; sent < 2_000 && session.closed === 0; sent += 1) {
      if (how === 'publish') server.uws.topics.publish('room', frame)
      else if (!session.peer.send(frame)) refused += 1
      expect(session.peer.buffered()).toBeLessThanOrEqual(64 * 1_024 + 16_384 + 16)
      if (sent % 50 === 49) await new Promise((resolve) => setImmediate(resolve))
    }
    if (how === 'send') expect(refused).toBeGreaterThan(0)
    await expect.poll(() => session.closed).toBe(1)
    socket.destroy()
  }
})

test('C7 the session of a client that was cut for not reading hears why, others do not', async () => {
  const why: unknown[] = []
  const { endpoint, sessions } = recordingEndpoint(({ peer }) => peer.subscribe('room'))
  const { open } = endpoint
  endpoint.open = (peer) => ({ ...open(peer), closed: (reason) => why.push(reason) })
  await using server = await startUws(noHttp, [endpoint])
  const [slow, quick] = [await connectRaw(server.port, '/chat'), await connectRaw(server.port, '/chat')]
  for (const socket of [slow, quick]) socket.text('join')
  await expect.poll(() => sessions.map(({ texts }) => texts.length)).toEqual([1, 1])
  slow.tcp.pause()
  for (let sent = 0; sent < 2_000 && why.length === 0; sent += 1) {
    server.uws.topics.publish('room', 'x'.repeat(16_384))
    if (sent % 10 === 9) await new Promise((resolve) => setImmediate(resolve))
  }
  expect(why).toEqual(['slow'])
  quick.write(frameOf(OPCODES.close, Buffer.from([3, 232])))
  await quick.ended()
  expect(why).toEqual(['slow', undefined])
  slow.destroy()
})

test('a half-open client is pinged, then cut, although frames are sent to it; one that answers stays', async () => {
  const { endpoint, sessions } = recordingEndpoint(({ peer }) => peer.subscribe('room'))
  await using server = await startUws(noHttp, [endpoint], { idleSeconds: 8 })
  const [mute, alive] = [await connectRaw(server.port, '/chat'), await connectRaw(server.port, '/chat')]
  for (const socket of [mute, alive]) socket.text('join')
  alive.tcp.on('data', () => {
    while (alive.frames.some(({ opcode }) => opcode === OPCODES.ping)) {
      alive.frames.splice(0)
      alive.write(frameOf(OPCODES.pong, ''))
    }
  })
  const sending = setInterval(() => server.uws.topics.publish('room', 'tick'), 200)
  await mute.ended()
  clearInterval(sending)
  expect(mute.frames.some(({ opcode }) => opcode === OPCODES.ping)).toBe(true)
  expect(sessions.map(({ closed }) => closed)).toEqual([1, 0])
  alive.destroy()
})

test('closing sends every socket away with a time to come back, spread, and takes no more', async () => {
  const { endpoint, sessions } = recordingEndpoint()
  const server = await startUws(noHttp, [endpoint])
  const sockets = await Promise.all(Array.from({ length: 20 }, () => connectRaw(server.port, '/chat')))
  const closing = server.uws.close({ graceMs: 2_000 })
  const closes = await Promise.all(sockets.map((socket) => socket.closed()))
  await closing
  expect(new Set(closes.map(({ code }) => code))).toEqual(new Set([4503]))
  const hints = closes.map(({ reason }) => retryHint(reason) ?? -1)
  expect(Math.min(...hints)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...hints)).toBeLessThanOrEqual(10_000)
  expect(new Set(hints).size).toBeGreaterThan(10)
  expect(sessions.every((session) => session.closed === 1)).toBe(true)
  await Promise.all(sockets.map((socket) => socket.ended()))
})
