// The bench's end of preload.mjs: one unix socket for one server process.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The longest block of the event loop and the 99th percentile of its delays, in ms. */
export type Loop = { maxMs: number; p99Ms: number }
export type Window = Awaited<ReturnType<typeof openWindow>>

/** `env` is for the server's environment; everything else waits for the server to have come. */
export async function openWindow() {
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-loop-'))
  const path = join(folder, 'bench')
  const server = createServer().listen(path)
  await once(server, 'listening')
  const came = once(server, 'connection') as Promise<[Socket]>
  async function ask<T>(what: 'watch' | 'loop' | 'heap'): Promise<T> {
    const [socket] = await came
    const answered = once(socket, 'data') as Promise<[Buffer]>
    socket.write(what)
    const [line] = await answered
    return JSON.parse(line.toString()) as T
  }
  return {
    env: {
      BENCH_SOCKET: path,
      NODE_OPTIONS: `--import ${new URL('preload.mjs', import.meta.url).href}`,
    },
    /** Measures the event loop while `during` lasts; costs the server about 0.03 of a core. */
    async loop<T>(during: () => Promise<T>): Promise<[Loop, T]> {
      await ask('watch')
      const value = await during()
      return [await ask<Loop>('loop'), value]
    },
    /** What its heap and its buffers hold after a full collection, in bytes. */
    heap: async (): Promise<number> => (await ask<{ bytes: number }>('heap')).bytes,
    async close() {
      const [socket] = await Promise.race([came, Promise.resolve([null])])
      socket?.destroy()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
