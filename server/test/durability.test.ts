// kill -9 in the middle of a burst, on both engines: what was acknowledged is there, once, and seq is dense.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../shared/protocol/index.ts'
import { noPostgres, startCluster, urlOf } from './cluster.ts'
import type { ChatSocket } from './client.ts'
import { freePort, startServer } from './server-process.ts'
import { guest, openShow } from './show.ts'

const CLIENTS = 20
const SENDS_EACH = 100
/** Sends of one client on their way at once; the server takes 32. */
const IN_FLIGHT = 20
/** Acks after which the server dies: well inside the burst. */
const KILL_AFTER = 700

type Sent = { id: string; text: string; acked: boolean }

async function burstAndKill(env: Record<string, string>): Promise<void> {
  const port = await freePort()
  const limits = {
    MESSAGES_PER_SECOND: '10000',
    CHAT_COMMANDS_PER_SECOND: '10000',
    SOCKETS_PER_ADDRESS: '100',
  }
  const first = await startServer({ port, env: { ...env, ...limits } })
  try {
    const { stream } = await openShow(first)
    const people = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => guest(first, `Viewer ${i}`)))
    const sockets = await Promise.all(people.map((person) => person.join(stream.slug)))
    let acks = 0
    const burst = sockets.map(async (socket, who) => {
      const sends = Array.from({ length: SENDS_EACH }, (_, n): Sent => ({
        id: randomUUID(),
        text: `${who}:${n}`,
        acked: false,
      }))
      let next = 0
      const lane = async () => {
        for (let send = sends[next++]; send; send = sends[next++]) {
          const answer = await socket.ask({ t: 'say', text: send.text }, send.id).catch(() => undefined)
          send.acked = answer?.t === 'ok'
          if (send.acked && ++acks === KILL_AFTER) await first.kill()
        }
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
      return sends
    })
    const sent = (await Promise.all(burst)).flat()
    expect(acks).toBeGreaterThanOrEqual(KILL_AFTER)
    expect(acks).toBeLessThan(CLIENTS * SENDS_EACH)

    await using second = await startServer({ port, dataDir: first.dataDir, env: { ...env, ...limits } })
    // Whoever got no answer sends again with the same id, as a client does after a reconnect.
    const again = await Promise.all(people.map((person) => person.join(stream.slug)))
    await Promise.all(
      again.map(async (socket, who) => {
        for (const send of sent.filter(({ text, acked }) => text.startsWith(`${who}:`) && !acked))
          expect(await socket.ask({ t: 'say', text: send.text }, send.id)).toMatchObject({ t: 'ok' })
      }),
    )
    const room = await readRoom(again[0]!)
    const texts = room.flatMap((entry) => (entry.event.type === 'said' ? [entry.event.message.text] : []))
    const lost = sent.filter((send) => !texts.includes(send.text))
    expect({ lost: lost.length, duplicated: texts.length - new Set(texts).size }).toEqual({
      lost: 0,
      duplicated: 0,
    })
    expect(room.map((entry) => entry.seq)).toEqual(room.map((_, i) => i + 1))
    expect(second.output()).not.toContain('"level":50')
  } finally {
    await first[Symbol.asyncDispose]()
  }
}

async function readRoom(socket: ChatSocket): Promise<Entry[]> {
  const entries: Entry[] = []
  for (;;) {
    const page = await socket.read('room', entries.length + 1, entries.length + 100)
    if (page.entries.length === 0) return entries
    entries.push(...page.entries)
  }
}

describe('O3 kill -9 during a burst of 2,000 sends from 20 clients loses and doubles nothing', () => {
  test('on the embedded database', { timeout: 120_000 }, () => burstAndKill({}))

  const title = noPostgres === null ? 'on Postgres' : `on Postgres (skipped: ${noPostgres})`
  test.skipIf(noPostgres !== null)(title, { timeout: 120_000 }, async () => {
    const cluster = await startCluster()
    try {
      await burstAndKill({ DATABASE_URL: urlOf(cluster) })
    } finally {
      await cluster.stop()
    }
  })
})
