// The moderation delay on a real server: topics of the real socket library, the real clock.
import { expect, test } from 'vitest'
import { OPEN_RULES } from '../../shared/protocol/index.ts'
import type { Ok } from '../../shared/protocol/index.ts'
import type { ChatSocket } from './client.ts'
import { startServer } from './server-process.ts'
import { guest, openShow } from './show.ts'

const rules = (delaySeconds: number) => ({ ...OPEN_RULES, delaySeconds })
const seqs = ({ frames }: ChatSocket) =>
  frames.flatMap((frame) =>
    frame.t === 'entries' && frame.log === 'room' ? frame.entries.map(({ seq }) => seq) : [],
  )

test('C20 a delay that comes and goes in the middle of a chat costs nobody an entry, and viewers see it late', async () => {
  await using server = await startServer({
    env: { MESSAGES_PER_SECOND: '1000', CHAT_COMMANDS_PER_SECOND: '1000' },
  })
  const { host, stream } = await openShow(server)
  const hana = await host.join(stream.slug)
  const ada = await (await guest(server, 'Ada')).join(stream.slug)
  const say = async (text: string) => expect(await hana.ask({ t: 'say', text })).toMatchObject({ t: 'ok' })
  const set = (seconds: number) => hana.ask({ t: 'rules', rules: rules(seconds) })
  await say('free')
  for (const seconds of [1, 0, 2, 1]) {
    const talk = Array.from({ length: 20 }, (_, i) => say(`${seconds} ${i}`))
    expect(await set(seconds)).toMatchObject({ t: 'ok' })
    await Promise.all(talk)
  }
  const last = (await hana.ask({ t: 'say', text: 'last' })) as Ok
  const said = performance.now()
  await ada.said('last')
  // By the server's clock a second has passed; ours hears of both ends a little later.
  expect(performance.now() - said).toBeGreaterThan(900)
  const all = Array.from({ length: last.seq! }, (_, i) => i + 1)
  expect([seqs(hana), seqs(ada)]).toEqual([all, all])
}, 60_000)
