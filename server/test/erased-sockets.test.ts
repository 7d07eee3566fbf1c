// A stream is erased under a running server: everybody in it leaves, and nobody comes back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Pass } from '../../shared/api/streams.ts'
import { openChat } from './client.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import { guest, openShow } from './show.ts'

let server: ServerProcess
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('P32 an erased stream closes its sockets, and answers passes of before with 4404', async () => {
  const { host, stream } = await openShow(server)
  const ada = await guest(server, 'Ada')
  const sockets = [await host.join(stream.slug), await ada.join(stream.slug)]
  expect(await sockets[1]?.ask({ t: 'say', text: 'hello' })).toMatchObject({ t: 'ok' })
  const { pass } = await ada.call<Pass>('POST', `/api/streams/${stream.slug}/pass`, {})
  await host.call('DELETE', `/api/streams/${stream.slug}`, {})
  for (const { closed } of sockets) expect(await closed).toMatchObject({ code: 4409 })
  await expect(openChat(server.url, pass)).rejects.toThrow('4404')
  await ada.call('POST', `/api/streams/${stream.slug}/pass`, {}, 404)
  await ada.call('GET', `/api/streams/${stream.slug}/messages`, undefined, 404)
})
