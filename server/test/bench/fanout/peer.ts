// The peers: each a script that a user of that library would write, in a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readCpu } from '../append-cpu.ts'
import { freePort } from '../../server-process.ts'
import type { Places } from './client.ts'
import { openWindow } from './inside.ts'
import { pin, residentOf, type ServerName, type Target } from './target.ts'

export type PeerName = Exclude<ServerName, `stagedoor${string}`>

const SCRIPTS: Record<PeerName, string> = {
  uws: 'uws.mjs',
  ws: 'ws.mjs',
  'socket.io': 'socket.io.mjs',
  'socket.io on uWS': 'socket.io-on-uws.mjs',
}
const BARE = { path: '/', says: '%L', firsts: [] }
/** Engine.IO in Socket.IO 4: `40` asks to enter, `40{...}` lets in, `2` is a ping and `3` its answer. */
const SOCKET_IO = {
  path: '/socket.io/?EIO=4&transport=websocket',
  firsts: ['40'],
  ready: '40{',
  says: '42["say","%L"]',
  ask: '2',
  answer: '3',
}

export async function startPeer(name: PeerName): Promise<Target> {
  const port = await freePort()
  const window = await openWindow()
  const script = new URL(`peers/${SCRIPTS[name]}`, import.meta.url).pathname
  const { PATH } = process.env
  const env = { PATH, PORT: String(port), NODE_ENV: 'production', ...window.env }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(([code]) => {
      throw new Error(`${name} ended with ${String(code)}`)
    }),
  ])
  const pid = child.pid ?? -1
  pin(pid, 0)
  const kind = name.startsWith('socket.io') ? SOCKET_IO : BARE
  return {
    name,
    places: (count): Places => ({ ...kind, port, count }),
    // They keep nothing that one could have missed.
    comeBack: ({ firsts }) => Promise.resolve(firsts),
    spent() {
      const { server, database, machine, at } = readCpu(pid, null)
      return { server: server + database, database: 0, redis: 0, machine, at }
    },
    resident: () => residentOf(pid),
    inside: window,
    async close() {
      child.kill('SIGKILL')
      await ended
      await window.close()
    },
  }
}
