// V30 pipes over real TCP: bytes in order, an end that is told, a reader that stops, and ports that are taken.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { NodeAddress, Pipe, PipeHears } from '../../app/relay-ports.ts'
import { dialTcp, listenTcp } from './tcp.ts'

const HOST = '127.0.0.1'
const at = (port: number): NodeAddress => ({ node: 'n', host: HOST, port })

/** What arrives at one end. */
function ear() {
  const pieces: Buffer[] = []
  let closed = 0
  const hears: PipeHears = { bytes: (bytes) => pieces.push(Buffer.from(bytes)), closed: () => (closed += 1) }
  return { hears, heard: () => Buffer.concat(pieces).toString(), closed: () => closed }
}

test('V30 what is written arrives in order, before the connection is made too, and both ends hear of its end once', async () => {
  const [edge, origin] = [ear(), ear()]
  let accepted: Pipe | undefined
  const listening = await listenTcp({ host: HOST, port: 0 }, (pipe) => {
    accepted = pipe
    return origin.hears
  })
  const pipe = dialTcp(at(listening.port), edge.hears)
  pipe.write([Buffer.from('a'), Buffer.from('b')])
  pipe.write([Buffer.from('c')])
  await expect.poll(() => origin.heard()).toBe('abc')
  accepted?.write([Buffer.from('the last word')])
  accepted?.close()
  await expect.poll(() => [edge.heard(), edge.closed(), origin.closed()]).toEqual(['the last word', 1, 1])
  pipe.write([Buffer.from('late')])
  pipe.close()
  listening.close()
  expect([edge.closed(), origin.closed()]).toEqual([1, 1])
})

test('V30 a reader that stops is seen by what piles up, and closing does not wait for it', async () => {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const arrived = once(server, 'connection') as Promise<[Socket]>
  const edge = ear()
  const pipe = dialTcp(at(port), edge.hears)
  const [socket] = await arrived
  socket.pause()
  const megabyte = Buffer.alloc(1_000_000)
  await expect
    .poll(() => {
      pipe.write([megabyte])
      return pipe.buffered()
    })
    .toBeGreaterThan(4_000_000)
  pipe.close()
  await expect.poll(() => edge.closed()).toBe(1)
  socket.destroy()
  server.close()
})

test('V30 nobody there is an end like any other', async () => {
  const probe = await listenTcp({ host: HOST, port: 0 }, () => ear().hears)
  probe.close()
  const edge = ear()
  dialTcp(at(probe.port), edge.hears)
  await expect.poll(() => edge.closed()).toBe(1)
})

test('V30 a port that is taken is followed by the next; another fault is said', async () => {
  const first = await listenTcp({ host: HOST, port: 0 }, () => ear().hears)
  const second = await listenTcp({ host: HOST, port: first.port }, () => ear().hears)
  expect(second.port).toBeGreaterThan(first.port)
  await expect(listenTcp({ host: '192.0.2.1', port: 0 }, () => ear().hears)).rejects.toThrow('EADDRNOTAVAIL')
  first.close()
  second.close()
})
