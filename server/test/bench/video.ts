// `npm run bench:video`: glass to glass, and what video costs the server. A studio films a clock coded into the
// picture, viewers read it off their screens; everything between is real.
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import type { StreamCard } from '../../../shared/api/streams.ts'
import { chromiumMissing, launch } from '../e2e/browser.ts'
import { freePort, startServer } from '../server-process.ts'
import { openShow } from '../show.ts'
import { processSeconds } from './append-cpu.ts'
import { bundlePage, openBench } from './video-bundle.ts'
import { gatherCrowd } from './video-crowd.ts'
import { noFfmpeg, pushRtmp, type Encoder } from './video-encoder.ts'
import { measureGlass, measureOnAir, measureWatchPage, type GlassRow } from './video-glass.ts'
import { measureHours } from './video-hours.ts'

const HELP = `usage: npm run bench:video [-- --seconds 10 --viewers 1 --crowd 300]
  --seconds N   how long each way of playing is measured, after 3 s to settle
  --viewers N   viewers in browsers at the same time
  --crowd N     viewers by push who only count bytes, for the cost of many
At the end two hours of a show on a clock turned by hand: what stays in memory.
Needs Chromium, and ffmpeg for the rows of an encoder.`
/** The crowd comes from one address. */
const LIFTED = { GUESTS_PER_MINUTE: '100000', PASSES_PER_MINUTE: '100000', SOCKETS_PER_ADDRESS: '100000' }
/** What joins costs more than what stays. */
const SETTLE_MS = 5_000
/** An encoder that is not on the air by then never will be. */
const LIVE_MS = 20_000

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    seconds: { type: 'string', default: '10' },
    viewers: { type: 'string', default: '1' },
    crowd: { type: 'string', default: '300' },
  },
})
const missing = chromiumMissing()
if (values.help || missing !== undefined) {
  console.log(values.help ? HELP : missing)
  process.exit(values.help ? 0 : 1)
}
const [seconds, viewers, crowdSize] = [values.seconds, values.viewers, values.crowd].map(Number) as [
  number,
  number,
  number,
]

const rtmpPort = await freePort()
await using server = await startServer({ env: { ...LIFTED, RTMP_PORT: String(rtmpPort) } })
const cpu = () => processSeconds(server.pid)
const { host, stream } = await openShow(server, 'Clock')
const files = await bundlePage()
const browser = await launch()
const open = async () =>
  openBench(await browser.newContext({ viewport: { width: 1300, height: 800 } }), server.url, files)
const glass = { open, cpu, viewers, seconds }
const rows: GlassRow[] = []
try {
  const studio = await open()
  await studio.context().addCookies([{ ...cookieOf(host.cookie()), url: server.url }])
  await studio.evaluate((slug) => window.bench.publish(slug), stream.slug)
  const cost = await costOf(stream.slug)
  console.table([cost])
  rows.push(...(await measureGlass({ ...glass, ingest: 'browser', slug: stream.slug })))
  rows.push(await measureWatchPage(browser, `${server.url}/watch/${stream.slug}`))
  await host.call('POST', `/api/streams/${stream.slug}/end`, {})
  await studio.context().close()
  if (noFfmpeg === null) rows.push(...(await measureEncoder()))
  else console.log(`no rows of an encoder: ${noFfmpeg}`)
  console.table(rows)
  console.table(await measureHours())
} finally {
  await browser.close()
}

/** CPU of the server for one publisher, and for a hundred viewers by push: with them less the mean of before and
 * after, since what a process does cheapens while it runs. */
async function costOf(slug: string): Promise<Record<string, string>> {
  const share = async () => {
    await pause(SETTLE_MS)
    const before = cpu()
    await pause(seconds * 1_000)
    return (cpu() - before) / seconds
  }
  await pause(seconds * 1_000) // what begins costs more
  const before = await share()
  const crowd = await gatherCrowd(server.url, slug, crowdSize)
  const bytes = crowd.bytes()
  const since = performance.now()
  const full = await share()
  const kbps = ((crowd.bytes() - bytes) * 8) / (performance.now() - since) / crowdSize
  await crowd.leave()
  const alone = (before + (await share())) / 2
  const percent = (of: number) => `${(of * 100).toFixed(1)} %`
  return {
    'one publisher, of a core': percent(alone),
    '100 viewers by push, of a core': percent(((full - alone) * 100) / crowdSize),
    'kbit/s each': kbps.toFixed(0),
  }
}

async function measureEncoder(): Promise<GlassRow[]> {
  const show = await host.call<StreamCard>('POST', '/api/streams', { title: 'Encoder' })
  const { key } = await host.call<{ key: string }>('GET', `/api/streams/${show.slug}/ingest-key`)
  let encoder: Encoder | undefined
  const begin = () => (encoder = pushRtmp(`rtmp://127.0.0.1:${rtmpPort}/live/${key}`))
  try {
    const onAir = await measureOnAir(browser, `${server.url}/watch/${show.slug}`, begin)
    const patience = Date.now() + LIVE_MS
    while ((await stateOf(show.slug)) !== 'live') {
      if (Date.now() > patience) throw new Error(`the encoder is not live after ${LIVE_MS} ms`)
      await pause(200)
    }
    return [onAir, ...(await measureGlass({ ...glass, ingest: 'RTMP', slug: show.slug }))]
  } finally {
    await encoder?.stop()
  }
}

async function stateOf(slug: string): Promise<string> {
  const { stream } = await host.call<{ stream: StreamCard }>('GET', `/api/streams/${slug}`)
  return stream.state
}

function cookieOf(header: string): { name: string; value: string } {
  const [name = '', value = ''] = header.split(/=(.*)/s)
  return { name, value }
}
