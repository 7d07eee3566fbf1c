// Two nodes behind one port, and one of them dies in the middle of a burst: on every page the same list in the
// same order, nothing lost, nothing doubled; then the other one dies.
import { randomBytes } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Welcome } from '../../../shared/protocol/index.ts'
import { noPostgres, startCluster, urlOf, type Cluster } from '../cluster.ts'
import { redisInstalled, startRedis, type RedisServer } from '../redis.ts'
import { freePort, startServer, type ServerProcess } from '../server-process.ts'
import { openShow } from '../show.ts'
import { chromiumMissing, launch, openScreen, type Screen } from './browser.ts'
import { nodeOf } from './node-of.ts'
import { startRelay, type Relay } from './relay.ts'

const missing = chromiumMissing() ?? noPostgres ?? (redisInstalled ? null : 'no redis-server')
const patience = { timeout: 20_000 }
const SECRETS = ['Under the third arch, 4be1c7', 'Bring the lantern, 90ad3e'] as const
const ANSWERS = ['Nobody saw me, 77f0d2', 'It is lit, c3915b'] as const
/** Of each page in one burst; two bursts of four pages fit into what a list draws. */
const LINES = 8

type Seat = { name: string; line: Relay; screen: Screen; said: string[] }

/** Kept by the page itself: what a poll from outside would miss. */
type Watched = Window & { banners: string[]; sent: string[] }

describe.skipIf(missing !== null)(`two nodes${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let cluster: Cluster
  let redis: RedisServer
  let browser: Browser
  let port: number
  let env: Record<string, string>
  let nodes: ServerProcess[] = []
  const started: ServerProcess[] = []
  const seats: Seat[] = []
  let caughtUp = 0
  const host = () => seats[0]!

  async function startNode(): Promise<ServerProcess> {
    const node = await startServer({ port, env })
    started.push(node)
    nodes.push(node)
    return node
  }

  beforeAll(async () => {
    cluster = await startCluster()
    redis = await startRedis(await freePort())
    port = await freePort()
    const lines = await Promise.all(Array.from({ length: 4 }, () => startRelay(() => port)))
    env = {
      DATABASE_URL: urlOf(cluster),
      REDIS_URL: redis.url,
      SESSION_KEY: randomBytes(32).toString('base64url'),
      SHARE_PORT: 'yes',
      ALLOWED_ORIGINS: lines.map(({ url }) => url).join(','),
      MESSAGES_PER_SECOND: '100',
    }
    const first = await startNode()
    const show = await openShow(first)
    await startNode()
    browser = await launch()
    for (const [i, name] of ['Host', 'Ada', 'Bo', 'Cy'].entries()) {
      const screen = await openScreen(browser, i === 0 ? 'desktop' : 'phone')
      await screen.page.addInitScript(watchPage)
      seats.push({ name, line: lines[i]!, screen, said: [] })
    }
    // The link was for the session above; the page takes that session over.
    const [cookie = '', value = ''] = show.host.cookie().split('=')
    await host().screen.context.addCookies([{ name: cookie, value, url: host().line.url }])
    for (const { screen, line } of seats) {
      const path = screen === host().screen ? 'studio' : 'watch'
      await screen.page.goto(`${line.url}/${path}/${show.stream.slug}`)
      await composerOf(screen).waitFor(patience)
    }
  })
  afterAll(async () => {
    await browser.close()
    await Promise.all(seats.map(({ line }) => line.close()))
    for (const node of started) await node[Symbol.asyncDispose]()
    await redis.stop()
    await cluster.stop()
  })

  const nodeHolding = ({ line }: Seat): number | undefined => {
    const peer = line.chatPort()
    const pids = nodes.map(({ pid }) => pid)
    return peer === undefined ? undefined : nodeOf(port, peer, pids)
  }
  const onNode = ({ pid }: ServerProcess) => seats.filter((seat) => nodeHolding(seat) === pid)

  /** The kernel chooses the node: phones hang up and call again until both hold somebody. */
  async function spread(): Promise<void> {
    for (let turn = 0; nodes.some((node) => onNode(node).length === 0); turn++) {
      expect(turn, 'tries to get somebody onto each node').toBeLessThan(40)
      const { line } = seats[1 + (turn % 3)]!
      line.cut()
      line.mend()
      await expect.poll(() => seats.every((seat) => nodeHolding(seat) !== undefined), patience).toBe(true)
    }
    for (const { screen } of seats) await expect.poll(() => bannerNow(screen), patience).toBe('')
  }

  async function burst(round: number, killAfter: number, kill: () => Promise<void>): Promise<void> {
    let count = 0
    let killed: Promise<void> | undefined
    await Promise.all(
      seats.map(async (seat) => {
        for (let n = 0; n < LINES; n++) {
          const text = `${seat.name} ${round}.${n}`
          await type(seat.screen, text)
          seat.said.push(text)
          if (++count === killAfter) killed = kill()
          if (seat.name === 'Ada' && n === LINES / 2) await whisper(seat.screen, SECRETS[round]!)
        }
      }),
    )
    await killed
  }

  test('everybody is in, under a name', async () => {
    for (const seat of seats.slice(1)) {
      const { screen, name } = seat
      await type(screen, `I am ${name}`)
      await screen.page.getByLabel('Your name in this chat').fill(name)
      await screen.page.getByLabel('Your name in this chat').press('Enter')
      seat.said.push(`I am ${name}`)
    }
    await sameEverywhere()
  })

  test.each([0, 1])(
    'C3 O3 L3 M3 P1 a node is killed in the middle of a burst: nothing lost, doubled or out of place (%i)',
    { timeout: 120_000 },
    async (round) => {
      if (round > 0) await startNode()
      await spread()
      const victim = nodes[0]!
      const [hit, spared] = [onNode(victim), onNode(nodes[1]!)]
      expect([hit.length > 0, spared.length > 0, hit.length + spared.length]).toEqual([true, true, 4])
      for (const { screen } of seats)
        await screen.page.evaluate(() => void ((window as unknown as Watched).banners = []))

      await burst(round, LINES, () => victim.kill())
      nodes = nodes.filter((node) => node !== victim)
      await sameEverywhere()

      for (const { screen } of hit) {
        const banners = (await bannersOf(screen)).join('\n')
        const brought = broughtByLastWelcome(screen)
        expect(banners).toMatch(/Reconnecting/)
        expect([brought, /Caught up, \d+ message/.test(banners)]).toEqual([brought, brought > 0])
        caughtUp += brought
      }
      for (const { screen } of spared) expect((await bannersOf(screen)).join()).not.toMatch(/Reconnecting/)

      await secretsArrive(round)
    },
  )

  test('no page threw, and somebody had to catch up', () => {
    expect(caughtUp).toBeGreaterThan(0)
    expect(seats.flatMap(({ screen }) => screen.errors)).toEqual([])
  })

  /** All lists are the same; in it is every line once; what a row called sent is in it. */
  async function sameEverywhere(): Promise<void> {
    const said = seats.flatMap((seat) => seat.said)
    for (const { screen } of seats)
      await expect.poll(async () => (await linesOf(screen)).toSorted(), patience).toEqual(said.toSorted())
    const first = await linesOf(host().screen)
    for (const { screen, said: own } of seats) {
      const shown = await linesOf(screen)
      expect(shown).toEqual(first)
      expect(shown.filter((text) => own.includes(text))).toEqual(own)
      const sent = await screen.page.evaluate(() => (window as unknown as Watched).sent)
      expect(sent.filter((text) => !shown.includes(text) && !isSecret(text))).toEqual([])
    }
  }

  async function secretsArrive(round: number): Promise<void> {
    const [, ada, ...others] = seats as [Seat, Seat, ...Seat[]]
    const { page } = host().screen
    await page.getByRole('tab', { name: /Private/ }).click()
    const talks = page.getByRole('list', { name: 'Private conversations' }).getByRole('button')
    if (round === 0) await talks.first().click(patience)
    await rowOf(host().screen, SECRETS[round]!).waitFor(patience)
    await type(host().screen, ANSWERS[round]!)
    await ada.screen.page.getByRole('tab', { name: 'To host' }).click()
    await rowOf(ada.screen, ANSWERS[round]!).waitFor(patience)
    for (const text of [SECRETS[round]!, ANSWERS[round]!])
      expect(await rowOf(ada.screen, text).count()).toBe(1)
    await ada.screen.page.getByRole('tab', { name: 'Chat' }).click()
    await page.getByRole('tab', { name: 'Chat' }).click()
    const canaries = [...SECRETS, ...ANSWERS].map((text) => text.slice(-6))
    for (const { screen } of others) {
      const content = (await screen.page.content()) + screen.received.join('\n')
      expect(canaries.filter((canary) => content.includes(canary))).toEqual([])
    }
    // The scan sees what is there.
    expect(ada.screen.received.join('\n')).toContain(ANSWERS[round]!.slice(-6))
  }
})

const isSecret = (text: string) => [...SECRETS, ...ANSWERS].some((secret) => secret === text)
const composerOf = ({ page }: Screen) =>
  page.getByRole('textbox', { name: /^(Message everyone|Privately to)/ })
const rowOf = ({ page }: Screen, text: string) =>
  page.getByRole('list', { name: 'Messages' }).getByText(text, { exact: true })
const bannerNow = ({ page }: Screen) => page.locator('.chat-banner').first().innerText()
const bannersOf = ({ page }: Screen) => page.evaluate(() => (window as unknown as Watched).banners)
const linesOf = ({ page }: Screen): Promise<string[]> =>
  page.locator('.chat-lines .chat-text').allInnerTexts()

/** Messages, in all logs, that the page got with its last welcome. */
function broughtByLastWelcome({ received }: Screen): number {
  const { logs } = JSON.parse(received.findLast((text) => text.startsWith('{"t":"welcome"'))!) as Welcome
  return logs.reduce((sum, { entries }) => sum + entries.length, 0)
}

async function type(screen: Screen, text: string): Promise<void> {
  const composer = composerOf(screen)
  await composer.fill(text)
  await composer.press('Enter')
}

async function whisper(screen: Screen, text: string): Promise<void> {
  await screen.page.getByRole('tab', { name: 'To host' }).click()
  await type(screen, text)
  await screen.page.getByRole('tab', { name: 'Chat' }).click()
}

/** Runs in the page: every text of the banner, and every line whose row says that it was sent. */
function watchPage(): void {
  const watched = window as unknown as Watched
  watched.banners = []
  watched.sent = []
  new MutationObserver(() => {
    const banner = document.querySelector('.chat-banner p')?.textContent ?? ''
    if (banner !== '' && watched.banners.at(-1) !== banner) watched.banners.push(banner)
    for (const row of document.querySelectorAll('.chat-outgoing-sent .chat-text')) {
      const text = row.textContent
      if (!watched.sent.includes(text)) watched.sent.push(text)
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
}
