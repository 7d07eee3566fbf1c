// `npm run bench:video`: glass to glass. A studio films a clock coded into the picture, viewers read it off
// their screens; everything between is real. One viewer at a time, in turn by push, LL-HLS and plain HLS.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { chromiumMissing, launch } from '../e2e/browser.ts'
import { startServer } from '../server-process.ts'
import { openShow } from '../show.ts'
import { bundlePage, openBench } from './video-bundle.ts'
import type { Seen, Via } from './video-page.ts'

const HELP = `usage: npm run bench:video [-- --seconds 10 --viewers 1]
  --seconds N   how long each way of playing is measured, after 3 s to settle
  --viewers N   viewers at the same time`
const WAYS: Via[] = ['push', 'll-hls', 'hls']
const SETTLE_MS = 3_000
/** Clock ticks of /proc per second on Linux. */
const TICKS = 100

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    seconds: { type: 'string', default: '10' },
    viewers: { type: 'string', default: '1' },
  },
})
const missing = chromiumMissing()
if (values.help || missing !== undefined) {
  console.log(values.help ? HELP : missing)
  process.exit(values.help ? 0 : 1)
}

type Row = Record<'way' | 'p50 ms' | 'p95 ms' | 'first frame ms' | 'samples' | 'server CPU %', string>

await using server = await startServer()
const { host, stream } = await openShow(server, 'Clock')
const files = await bundlePage()
const browser = await launch()
const open = async () =>
  openBench(await browser.newContext({ viewport: { width: 1300, height: 800 } }), server.url, files)
try {
  const studio = await open()
  await studio.context().addCookies([{ ...cookieOf(host.cookie()), url: server.url }])
  await studio.evaluate((slug) => window.bench.publish(slug), stream.slug)
  const rows: Row[] = []
  for (const way of WAYS) rows.push(await measure(way))
  rows.push(await measureWatchPage())
  console.table(rows)
} finally {
  await browser.close()
}

async function measure(way: Via): Promise<Row> {
  const pages = await Promise.all(Array.from({ length: Number(values.viewers) }, () => open()))
  await Promise.all(
    pages.map((page) =>
      page.evaluate(([slug, via]) => window.bench.watch(slug, via), [stream.slug, way] as const),
    ),
  )
  await pause(SETTLE_MS)
  const settled = await Promise.all(pages.map((page) => seenBy(page)))
  const cpu = cpuSeconds(server.pid)
  await pause(Number(values.seconds) * 1_000)
  const used = cpuSeconds(server.pid) - cpu
  const seen = await Promise.all(pages.map((page) => seenBy(page)))
  await Promise.all(pages.map((page) => page.context().close()))
  const ages = seen.flatMap(({ ages }, i) => ages.slice(settled[i]?.ages.length ?? 0))
  return {
    way,
    'p50 ms': at(ages, 0.5),
    'p95 ms': at(ages, 0.95),
    'first frame ms': at(
      seen.map((one) => one.firstFrameMs),
      0.5,
    ),
    samples: String(ages.length),
    'server CPU %': ((used / Number(values.seconds)) * 100).toFixed(1),
  }
}

/** The page as a viewer opens it: document, scripts, pass, socket, first frame. */
async function measureWatchPage(): Promise<Row> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${server.url}/watch/${stream.slug}`, { waitUntil: 'commit' })
  const firstFrame = await page.evaluate(async () => {
    for (;;) {
      const video = document.querySelector('video')
      if (video)
        return new Promise<number>((done) => video.requestVideoFrameCallback(() => done(performance.now())))
      await new Promise((next) => requestAnimationFrame(next))
    }
  })
  await context.close()
  const nothing = { 'p50 ms': '', 'p95 ms': '', samples: '', 'server CPU %': '' }
  return { ...nothing, way: 'watch page, from navigation', 'first frame ms': firstFrame.toFixed(0) }
}

function seenBy(page: Page): Promise<Seen> {
  return page.evaluate(() => window.bench.seen())
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

function cookieOf(header: string): { name: string; value: string } {
  const [name = '', value = ''] = header.split(/=(.*)/s)
  return { name, value }
}

function at(samples: number[], share: number): string {
  const sorted = samples.toSorted((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0)
}

/** User and system time of a process; 0 where there is no /proc. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  } catch {
    return 0
  }
}
