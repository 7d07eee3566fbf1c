// A real redis-server on a free port, for as long as a test file runs.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export const redisInstalled = spawnSync('redis-server', ['--version']).status === 0

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export type RedisServer = {
  url: string
  pid: number
  /** Connections stay and nothing is answered, until `thaw`. */
  freeze(): void
  thaw(): void
  /** SIGKILL; once more changes nothing. */
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startRedis(port: number, more: readonly string[] = []): Promise<RedisServer> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...more]
  const server: ChildProcess = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = once(server, 'exit')
  let out = ''
  await new Promise<void>((resolve, reject) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('Ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`redis-server did not start: ${out.slice(-500)}`)))
  })
  const stop = async () => {
    server.kill('SIGKILL')
    await exited
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: server.pid ?? -1,
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
