// Glass to glass: viewers in real browsers read the clock that was filmed, one way of playing after the other.
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import type { Seen, Via } from './video-page.ts'

export type GlassRow = Record<
  'ingest' | 'way' | 'p50 ms' | 'p95 ms' | 'first frame ms' | 'samples' | 'server CPU %',
  string
>

const WAYS: Via[] = ['push', 'll-hls', 'hls']
const SETTLE_MS = 3_000

export type Glass = {
  ingest: string
  slug: string
  /** A page with the bench in it. */
  open(): Promise<Page>
  /** Seconds of CPU of the server so far. */
  cpu(): number
  viewers: number
  seconds: number
}

export async function measureGlass(glass: Glass): Promise<GlassRow[]> {
  const rows: GlassRow[] = []
  for (const way of WAYS) rows.push(await measure(glass, way))
  return rows
}

async function measure({ ingest, slug, open, cpu, viewers, seconds }: Glass, way: Via): Promise<GlassRow> {
  const pages = await Promise.all(Array.from({ length: viewers }, open))
  await Promise.all(
    pages.map((page) => page.evaluate(([to, via]) => window.bench.watch(to, via), [slug, way] as const)),
  )
  await pause(SETTLE_MS)
  const settled = await Promise.all(pages.map(seenBy))
  const before = cpu()
  await pause(seconds * 1_000)
  const used = cpu() - before
  const seen = await Promise.all(pages.map(seenBy))
  await Promise.all(pages.map((page) => page.context().close()))
  const ages = seen.flatMap((one, i) => one.ages.slice(settled[i]?.ages.length ?? 0))
  const firsts = seen.map((one) => one.firstFrameMs)
  return {
    ingest,
    way,
    'p50 ms': at(ages, 0.5),
    'p95 ms': at(ages, 0.95),
    'first frame ms': at(firsts, 0.5),
    samples: String(ages.length),
    'server CPU %': ((used / seconds) * 100).toFixed(1),
  }
}

/** The page as a viewer opens it: document, scripts, pass, socket, first frame. */
export async function measureWatchPage(browser: Browser, url: string): Promise<GlassRow> {
  const since = Date.now()
  const page = await openWatchPage(browser, url)
  return rowOf('', 'watch page, from navigation', (await page.firstFrameAt) - since)
}

/** From the start of an encoder until the first frame on a watch page that waits for it. */
export async function measureOnAir(browser: Browser, url: string, start: () => void): Promise<GlassRow> {
  const page = await openWatchPage(browser, url)
  await page.waiting()
  const since = Date.now()
  start()
  return rowOf('RTMP', 'waiting watch page, from the start of the encoder', (await page.firstFrameAt) - since)
}

async function openWatchPage(browser: Browser, url: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(url, { waitUntil: 'commit' })
  const firstFrameAt = page.evaluate(async () => {
    for (;;) {
      const video = document.querySelector('video')
      if (video) return new Promise<number>((done) => video.requestVideoFrameCallback(() => done(Date.now())))
      await new Promise((next) => requestAnimationFrame(next))
    }
  })
  return {
    waiting: () => page.locator('video').waitFor({ state: 'attached' }),
    firstFrameAt: firstFrameAt.finally(() => context.close()),
  }
}

function rowOf(ingest: string, way: string, firstFrameMs: number): GlassRow {
  const nothing = { 'p50 ms': '', 'p95 ms': '', samples: '', 'server CPU %': '' }
  return { ingest, way, 'first frame ms': firstFrameMs.toFixed(0), ...nothing }
}

const seenBy = (page: Page): Promise<Seen> => page.evaluate(() => window.bench.seen())

function at(samples: number[], share: number): string {
  const sorted = samples.toSorted((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0)
}
