import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import { startUws } from '../../test/uws-server.ts'

const text = (body: string) => () => Promise.resolve(new Response(body))

/** Sends bytes, resolves to everything the server said until it closed or the test has seen enough. */
function exchange(port: number, bytes: string, enough: (heard: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    let heard = ''
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(heard))
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      if (enough(heard)) socket.destroy()
    })
    socket.write(bytes)
  })
}

test('a request arrives as Fetch knows it, and the response leaves with its status, headers and cookies', async () => {
  await using server = await startUws(async (request, { address }) => {
    const headers = new Headers({ 'content-type': 'text/plain' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    const { method, url } = request
    const said = { method, url, address, sent: await request.text(), x: request.headers.get('x-sent') }
    return new Response(JSON.stringify(said), { status: 201, headers })
  })
  const response = await fetch(`${server.url}/a/b?c=d%20e`, {
    method: 'POST',
    body: 'déjà',
    headers: { 'x-sent': 'yes' },
  })
  expect(response.status).toBe(201)
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(await response.json()).toEqual({
    method: 'POST',
    url: 'https://stage.example/a/b?c=d%20e',
    address: '127.0.0.1',
    sent: 'déjà',
    x: 'yes',
  })
})

test('a POST without a body is answered', async () => {
  await using server = await startUws(text('fine'))
  expect(await (await fetch(server.url, { method: 'POST' })).text()).toBe('fine')
})

test('HEAD gives the head alone, with the length the handler names; 304 has no body', async () => {
  await using server = await startUws((request) =>
    Promise.resolve(
      request.method === 'HEAD'
        ? new Response(null, { headers: { 'content-length': '12' } })
        : new Response(null, { status: 304 }),
    ),
  )
  const head = await fetch(server.url, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '12'])
  expect((await fetch(server.url)).status).toBe(304)
})

test('a large body reaches a reader that stops and starts, whole', async () => {
  const size = 8 * 1024 * 1024
  const body = new Uint8Array(size).map((_, i) => (i * 31) & 255)
  await using server = await startUws(() => Promise.resolve(new Response(body)))
  const received = await new Promise<Buffer>((resolve) => {
    const socket = createConnection({ port: server.port, host: '127.0.0.1' })
    const chunks: Buffer[] = []
    let length = 0
    let head = -1
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.byteLength
      if (head < 0) head = Buffer.concat(chunks).indexOf('\r\n\r\n') + 4
      if (length - head >= size) {
        socket.destroy()
        resolve(Buffer.concat(chunks).subarray(head))
      }
      if (chunks.length % 8 === 0) {
        socket.pause()
        setImmediate(() => socket.resume())
      }
    })
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  })
  expect(received.equals(body)).toBe(true)
})

test('O6 a body beyond the limit is refused with 413, declared or not, and the handler never sees it', async () => {
  let asked = 0
  await using server = await startUws(() => {
    asked += 1
    return Promise.resolve(new Response('x'))
  })
  const declared = await fetch(server.url, { method: 'POST', body: 'x'.repeat(1_001) })
  expect([declared.status, await declared.json()]).toMatchObject([413, { code: 'too_large' }])

  const chunk = `1f4\r\n${'x'.repeat(500)}\r\n`
  const head = 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n'
  expect(await exchange(server.port, head + chunk.repeat(3), () => false)).toContain(' 413 ')
  expect(asked).toBe(0)

  const whole = await fetch(server.url, { method: 'POST', body: 'x'.repeat(1_000) })
  expect([whole.status, asked]).toEqual([200, 1])
})

test('O6 a handler that throws gives a fault with an id and no detail', async () => {
  await using server = await startUws(() => Promise.reject(new Error('secret detail')))
  const response = await fetch(server.url)
  const body = await response.text()
  expect(response.status).toBe(500)
  expect(body).toContain('"fault":"fault-1"')
  expect(body).not.toContain('secret')
  expect(server.faults).toHaveLength(1)
})

test('a client that leaves before the answer costs nothing, and the handler is told', async () => {
  let release: (() => void) | undefined
  let told: (() => void) | undefined
  const aborted = new Promise<void>((resolve) => (told = resolve))
  await using server = await startUws(async (request) => {
    if (request.url.endsWith('/next')) return new Response('still here')
    request.signal.addEventListener('abort', () => told?.())
    socket.destroy()
    await new Promise<void>((resolve) => (release = resolve))
    return new Response('too late')
  })
  const socket = createConnection({ port: server.port, host: '127.0.0.1' })
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await aborted
  release?.()
  expect(await (await fetch(`${server.url}/next`)).text()).toBe('still here')
  expect(server.faults).toEqual([])
})

test('odd methods and addresses are refused, not thrown', async () => {
  await using server = await startUws(text('fine'))
  for (const line of [
    'TRACE / HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'GET .evil.example/ HTTP/1.1',
    'GET http://%zz:99999999/ HTTP/1.1',
  ])
    expect(
      await exchange(server.port, `${line}\r\nhost: x\r\n\r\n`, (heard) => heard.includes('\r\n\r\n')),
    ).toMatch(/ [45]\d\d /)
  expect(server.faults).toEqual([])
})

test('two lengths, or a length beside chunks, are refused: no request is smuggled', async () => {
  let asked = 0
  await using server = await startUws(() => {
    asked += 1
    return Promise.resolve(new Response('x'))
  })
  const attacks = [
    'content-length: 5\r\ncontent-length: 6\r\n\r\nhello!',
    'content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n',
  ]
  for (const attack of attacks) {
    const heard = await exchange(server.port, `POST / HTTP/1.1\r\nhost: x\r\n${attack}`, () => false)
    expect([attack, heard.split('\r\n')[0]]).toEqual([attack, expect.stringContaining(' 400 ')])
  }
  expect(asked).toBe(0)
})

test('behind a proxy the address is what the proxy wrote, also on a line of its own', async () => {
  const echo = (_: Request, { address }: { address: string }) => Promise.resolve(new Response(address))
  await using server = await startUws(echo, [], { trustedHops: 1 })
  const lines = 'x-forwarded-for: 6.6.6.6\r\nx-forwarded-for: 198.51.100.7\r\n'
  const heard = await exchange(server.port, `GET / HTTP/1.1\r\nhost: x\r\n${lines}\r\n`, (all) =>
    all.endsWith('.7'),
  )
  expect(heard.endsWith('\r\n\r\n198.51.100.7')).toBe(true)
})

test('O2 a port in use is one clear line, also for a listener on every address', async () => {
  await using server = await startUws(text('first'))
  await using other = await startUws(text('second'))
  await expect(other.uws.listen('127.0.0.1', server.port)).rejects.toThrow(
    `cannot listen on 127.0.0.1:${server.port}: the port is in use`,
  )
  await expect(other.uws.listen('0.0.0.0', server.port)).rejects.toThrow('the port is in use')
})

test('closing lets the request that is being answered finish', async () => {
  let arrived: (() => void) | undefined
  const here = new Promise<void>((resolve) => (arrived = resolve))
  let release: (() => void) | undefined
  const server = await startUws(async () => {
    arrived?.()
    await new Promise<void>((resolve) => (release = resolve))
    return new Response('whole')
  })
  const asking = fetch(server.url)
  await here
  const closing = server.uws.close({ graceMs: 5_000 })
  release?.()
  expect(await (await asking).text()).toBe('whole')
  await closing
  await expect(fetch(server.url)).rejects.toThrow()
})
