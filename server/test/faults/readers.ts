// Readers that do not read, clients that send garbage, and a log nobody reads.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { WebSocket } from 'ws'
import type { Me } from '../../../shared/api/identity.ts'
import type { Pass } from '../../../shared/api/streams.ts'
import { bent } from '../bent.ts'
import { createPerson } from '../client.ts'
import type { Fault, Stage } from './run.ts'
import { until, wait } from './run.ts'

const STUCK = 100
const SOMEBODY = { person: randomUUID(), public: randomUUID(), private: randomUUID() }
/** What one reader may hold of a node's memory, generously: the bound and what the library adds. */
const KB_PER_READER = 384
const KB_OF_NOISE = 96 * 1024

async function openStuck({ scene, crowd }: Stage, count: number): Promise<WebSocket[]> {
  const slug = crowd.streams[0]?.slug ?? ''
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const node = scene.nodes[i % scene.nodes.length]
      const person = createPerson(node?.url ?? '')
      await person.call<Me>('POST', '/api/guest', { name: `stuck ${i}` })
      const { pass } = await person.call<Pass>('POST', `/api/streams/${slug}/pass`, {})
      const socket = new WebSocket(`ws://127.0.0.1:${node?.port}/chat`)
      socket.on('error', () => undefined)
      await new Promise((done) => socket.once('open', done))
      socket.send(JSON.stringify({ t: 'hello', pass }))
      await new Promise((done) => socket.once('message', done))
      return socket
    }),
  )
}

const residentKb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)

export const slowReaders: Fault = {
  id: 'F22',
  says: '50 readers that stopped and 50 at 1 KB/s in a room of long lines',
  async run(stage) {
    const { scene, crowd } = stage
    const stuck = await openStuck(stage, STUCK)
    let closed = 0
    for (const [i, socket] of stuck.entries()) {
      socket.on('close', () => (closed += 1))
      socket.pause()
      if (i % 2 === 0) sip(socket)
    }
    const before = scene.nodes.map((node) => residentKb(node.process?.pid ?? 0))
    const line = '🌊'.repeat(490)
    const shouting = setInterval(() => {
      for (const member of crowd.members) if (member.stream === 0) member.post('public', line)
    }, 100)
    // The kernel's buffers fill first: a few megabytes for each.
    const allClosed = await until(() => nodesHold(scene, 'chat.slow_reader') >= STUCK * 0.9, 60_000)
    clearInterval(shouting)
    const grown = scene.nodes.map((node, i) => residentKb(node.process?.pid ?? 0) - (before[i] ?? 0))
    for (const socket of stuck) socket.terminate()
    const faults = allClosed ? [] : [`${closed} of ${STUCK} readers that do not read were closed`]
    const bound = (STUCK / scene.nodes.length) * KB_PER_READER + KB_OF_NOISE
    for (const kb of grown) if (kb > bound) faults.push(`a node grew by ${kb} KB, more than ${bound} KB`)
    return faults
  },
}

/** About 1 KB/s: the socket is opened for an instant now and then. */
function sip(socket: WebSocket): void {
  const timer = setInterval(() => {
    socket.resume()
    setImmediate(() => socket.pause())
  }, 5_000)
  socket.on('close', () => clearInterval(timer))
}

function nodesHold({ output }: Stage['scene'], line: string): number {
  return output().split(line).length - 1
}

export const garbage: Fault = {
  id: 'F25',
  says: 'bent frames from 100 clients for 20 s',
  async run(stage) {
    const { scene, scale } = stage
    const end = Date.now() + 20_000 * scale
    const frames = [...bent('x', SOMEBODY)].map(({ frame }) => frame)
    const pids = scene.nodes.map((node) => node.process?.pid)
    const bend = async (n: number) => {
      for (let i = n; Date.now() < end; i++) {
        const node = scene.nodes[i % scene.nodes.length]
        const socket = new WebSocket(`ws://127.0.0.1:${node?.port}/chat`)
        socket.on('error', () => undefined)
        const gone = new Promise((done) => socket.once('close', done))
        socket.on('open', () => socket.send(frames[i % frames.length] ?? ''))
        await Promise.race([gone, wait(300)])
        socket.terminate()
      }
    }
    await Promise.all(Array.from({ length: 100 }, (_, n) => bend(n)))
    return scene.nodes.every((node, i) => node.process?.pid === pids[i]) ? [] : ['a node ended']
  },
}

export const logBlocked: Fault = {
  id: 'F28',
  says: 'nobody reads what the nodes log, and they have much to say',
  async run({ scene, acked, scale }) {
    for (const { process } of scene.nodes) process?.readLog(false)
    const line = scene.nodes.map(({ toPostgres }) => toPostgres)
    for (const proxy of line) proxy.cut()
    await wait(8_000 * scale)
    for (const proxy of line) proxy.mend()
    const before = acked()
    const served = await until(() => acked() > before + 50, 15_000)
    await wait(2_000 * scale)
    for (const { process } of scene.nodes) process?.readLog(true)
    return served ? [] : ['with its log blocked the service stood still']
  },
}
