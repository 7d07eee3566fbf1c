// V10 to V12 with the real server and an independent encoder: ffmpeg calls as OBS does, and ffprobe judges what
// viewers get of it.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { IngestKey, IngestStatus } from '../../shared/api/ingest.ts'
import type { StreamPage } from '../../shared/api/streams.ts'
import { makeCertificate } from './certificate.ts'
import { prepareDataFolder } from './data-folder.ts'
import { encode } from './encoder.ts'
import { complaints, probe } from './media/ffmpeg.ts'
import { judged } from './media/judged.ts'
import { freePort, runServer, startServer, type ServerProcess } from './server-process.ts'
import { openShow, type Show } from './show.ts'

const folder = mkdtempSync(join(tmpdir(), 'stagedoor-rtmp-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function openStage(env: Record<string, string> = {}) {
  const port = await freePort()
  const server = await startServer({ env: { RTMP_PORT: String(port), ...env } })
  const show = await openShow(server)
  const at = `/api/streams/${show.stream.slug}`
  const keyOf = () => show.host.call<IngestKey>('GET', `${at}/ingest-key`)
  const status = () => show.host.call<IngestStatus>('GET', `${at}/ingest`)
  const state = async () => (await show.host.call<StreamPage>('GET', at)).playback.state
  const urlFor = ({ key }: IngestKey) => `rtmp://127.0.0.1:${port}/live/${key}`
  const dispose = () => server[Symbol.asyncDispose]()
  return { port, server, show, at, keyOf, status, state, urlFor, [Symbol.asyncDispose]: dispose }
}
const live = (stage: { state(): Promise<string> }) => expect.poll(stage.state).toBe('live')

/** All segments of a take that has ended, in one file. */
async function saved(server: ServerProcess, { host, stream }: Show): Promise<string> {
  const { playback } = await host.call<StreamPage>('GET', `/api/streams/${stream.slug}`)
  const base = `${server.url}${playback.hlsPlain}`
  const playlist = await (await fetch(base)).text()
  const pieces: Buffer[] = []
  for (const [name] of playlist.matchAll(/[\w-]+(\.\d+)?\.(m4s|mp4)/g))
    pieces.push(Buffer.from(await (await fetch(new URL(name, base))).arrayBuffer()))
  const file = join(folder, `${stream.id}.mp4`)
  writeFileSync(file, Buffer.concat(pieces))
  return file
}

judged('V10 ffmpeg goes live with its key, and what viewers get decodes without a warning', async () => {
  await using stage = await openStage()
  const { server } = stage
  const key = await stage.keyOf()
  expect(key).toMatchObject({ available: true, says: null })
  expect(key.servers).toEqual([{ url: `rtmp://localhost:${stage.port}/live`, secure: false }])
  expect(server.output()).toContain(`OBS and other encoders: rtmp://localhost:${stage.port}/live`)
  expect((await stage.status()).publisher).toBeNull()

  const encoder = encode(stage.urlFor(key))
  await live(stage)
  await expect
    .poll(async () => (await stage.status()).publisher)
    .toMatchObject({
      kind: 'rtmp',
      width: 320,
      height: 180,
      keyFrameMs: 1_000,
      fps: expect.closeTo(30, -1) as number,
    })
  await encoder.stop()
  await expect.poll(stage.state).toBe('reconnecting')
  await stage.show.host.call('POST', `${stage.at}/end`, {})
  const file = await saved(server, stage.show)
  expect(complaints(file)).toBe('')
  const [video, audio] = probe(file).streams
  expect(video).toMatchObject({ codec_name: 'h264', width: 320, height: 180, has_b_frames: 2 })
  expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000' })
  expect(Number(video?.nb_read_packets)).toBeGreaterThan(30)
  expect(server.output()).not.toContain(key.key.slice(-10))

  const late = encode(stage.urlFor(key))
  expect(await late.ended).not.toBe(0)
  expect((await stage.status()).refusals[0]?.says).toContain('This stream is over')
})

judged('V11 a wrong key and a second publisher are refused, and the host is told why', async () => {
  await using stage = await openStage()
  const key = await stage.keyOf()
  const wrong = encode(
    stage.urlFor({ ...key, key: `${key.key.slice(0, -1)}${key.key.endsWith('A') ? 'B' : 'A'}` }),
  )
  expect(await wrong.ended).not.toBe(0)
  expect(wrong.said()).toContain('The stream key is wrong')
  expect((await stage.status()).refusals.map(({ says }) => says)).toEqual([
    'The stream key is wrong. Copy it from the studio.',
  ])
  expect(await stage.state()).toBe('idle')

  const first = encode(stage.urlFor(key))
  await live(stage)
  const second = encode(stage.urlFor(key))
  expect(await second.ended).not.toBe(0)
  expect(second.said()).toContain('published from somewhere else')
  expect(await stage.state()).toBe('live')
  await first.stop()
})

judged('V11 a reset key ends its publisher at once; the new one goes on in the same stream', async () => {
  await using stage = await openStage()
  const former = await stage.keyOf()
  const thief = encode(stage.urlFor(former))
  await live(stage)
  const next = await stage.show.host.call<IngestKey>('POST', `${stage.at}/ingest-key/reset`, {})
  expect(next.key).not.toBe(former.key)
  await thief.ended
  expect(await stage.state()).toBe('reconnecting')
  expect((await stage.status()).refusals[0]?.says).toContain('was reset')
  const again = encode(stage.urlFor(former))
  expect(await again.ended).not.toBe(0)
  const host = encode(stage.urlFor(next))
  await live(stage)
  await host.stop()
})

judged('V11 a codec that browsers do not play is refused by name', async () => {
  await using stage = await openStage()
  const encoder = encode(stage.urlFor(await stage.keyOf()), ['-c:a', 'mp3', '-ar', '44100'])
  await expect
    .poll(async () => (await stage.status()).refusals[0]?.says)
    .toBe('MP3 is not supported. Choose AAC.')
  await encoder.stop()
})

judged('V10 with a certificate the same port takes RTMPS and RTMP', async () => {
  const { cert, key: pem } = makeCertificate(folder)
  await using stage = await openStage({ RTMP_TLS_CERT: cert, RTMP_TLS_KEY: pem })
  const key = await stage.keyOf()
  expect(key.servers.map(({ url }) => url.split(':')[0])).toEqual(['rtmps', 'rtmp'])
  for (const url of [stage.urlFor(key).replace('rtmp:', 'rtmps:'), stage.urlFor(key)]) {
    const encoder = encode(url)
    await live(stage)
    await encoder.stop()
    await expect.poll(stage.state).toBe('reconnecting')
  }
})

test('V12 a port that is taken costs RTMP alone: one line, a word in the studio, and it is taken when it is free', async () => {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  await using server = await startServer({ env: { RTMP_PORT: String(port) } })
  expect(server.output()).toContain(`No encoders (RTMP): port ${port} is taken. Free it or set RTMP_PORT.`)
  const { host, stream } = await openShow(server)
  const key = () => host.call<IngestKey>('GET', `/api/streams/${stream.slug}/ingest-key`)
  expect(await key()).toMatchObject({
    available: false,
    says: expect.stringContaining(`port ${port} is taken`) as string,
  })
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  other.close()
  await once(other, 'close')
  await expect.poll(async () => (await key()).available).toBe(true)
})

test('V12 RTMP_PORT=0 turns encoders off, and the studio says so', async () => {
  await using server = await startServer({ env: { RTMP_PORT: '0' } })
  const { host, stream } = await openShow(server)
  const key = await host.call<IngestKey>('GET', `/api/streams/${stream.slug}/ingest-key`)
  expect(key).toMatchObject({ servers: [], available: false })
  expect(key.says).toContain('turned off')
})

test('O2 a certificate that cannot be read, is none or lacks its key is one clear line', async () => {
  const run = async (env: Record<string, string>) => {
    const dataDir = mkdtempSync(join(folder, 'data-'))
    await prepareDataFolder(dataDir, join(import.meta.dirname, '../../sql'))
    const ports = { PORT: String(await freePort()), RTMP_PORT: String(await freePort()) }
    return runServer({ ...ports, HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...env })
  }
  const none = join(folder, 'none.pem')
  writeFileSync(none, 'no certificate')
  const missing = join(folder, 'missing.pem')
  expect(await run({ RTMP_TLS_CERT: missing, RTMP_TLS_KEY: none })).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^Stagedoor cannot start: RTMP_TLS_CERT cannot be read: .*\n$/) as string,
  })
  expect(await run({ RTMP_TLS_CERT: none, RTMP_TLS_KEY: none })).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      /^Stagedoor cannot start: RTMP_TLS_CERT and RTMP_TLS_KEY are no pair: .*\n$/,
    ) as string,
  })
  const alone = await run({ RTMP_TLS_CERT: none })
  expect(alone.output).toContain('RTMP_TLS_CERT and RTMP_TLS_KEY belong together')
})
