// The end of a server that people are connected to.
import { expect, test } from 'vitest'
import { retryHint } from '../../shared/protocol/index.ts'
import { startServer } from './server-process.ts'
import { guest, openShow } from './show.ts'

const SOCKETS = 200

test(
  'O8 SIGTERM with 200 sockets: sends are answered, everyone is told a time of their own to come back, exit 0',
  { timeout: 120_000 },
  async () => {
    const env = {
      ...{ MESSAGES_PER_SECOND: '10000', SOCKETS_PER_ADDRESS: '1000', CHAT_SOCKETS_PER_PERSON: '1000' },
      PASSES_PER_MINUTE: '10000',
    }
    await using server = await startServer({ env })
    const { stream } = await openShow(server)
    const person = await guest(server, 'Vic')
    const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => person.join(stream.slug)))

    const sends = sockets.map((socket, n) =>
      socket.ask({ t: 'say', text: `on its way ${n}` }).then(
        (answer) => answer.t,
        () => 'closed without an answer',
      ),
    )
    await Promise.race(sends) // the others are with the server: it reads, commits or answers them now
    const begun = Date.now()
    const code = await server.stop()
    const tookMs = Date.now() - begun
    const answers = await Promise.all(sends)
    expect(answers.filter((answer) => answer !== 'ok' && answer !== 'err')).toEqual([])
    const closes = await Promise.all(sockets.map(({ closed }) => closed))
    expect(new Set(closes.map((close) => close.code))).toEqual(new Set([4503]))
    const hints = closes.map(({ reason }) => retryHint(reason) ?? -1)
    expect(Math.min(...hints)).toBeGreaterThan(0)
    expect(Math.max(...hints)).toBeLessThanOrEqual(10_000)
    expect(Math.max(...hints) - Math.min(...hints)).toBeGreaterThanOrEqual(8_000)
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(15_000)
  },
)
