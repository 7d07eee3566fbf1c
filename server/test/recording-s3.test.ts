// Recordings in a bucket: the real server and its vendor's client, against objects kept by us.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ACCESS, startFakeS3 } from './fake-s3.ts'
import { names } from './media/recorded.ts'
import { AAC, AVC, stretch } from './media/packets.ts'
import { publish } from './publisher.ts'
import { ask, filesOf, isLive, recordingsOf, settled } from './recorded-show.ts'
import { runServer, startServer } from './server-process.ts'
import { openShow } from './show.ts'

const folder = mkdtempSync(join(tmpdir(), 'stagedoor-s3-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('V14 in a bucket: nothing on the disk, viewers are sent to an address that is good for minutes', async () => {
  const s3 = await startFakeS3()
  try {
    await using server = await startServer({
      env: {
        ...{ S3_BUCKET: s3.bucket, S3_ENDPOINT: s3.endpoint, S3_PATH_STYLE: 'yes' },
        ...{ S3_ACCESS_KEY_ID: ACCESS.accessKeyId, S3_SECRET_ACCESS_KEY: ACCESS.secretAccessKey },
      },
    })
    const { host, stream } = await openShow(server)
    const studio = await publish(server.url, host, stream.slug)
    studio.configs([AVC, AAC])
    await studio.burst(stretch(0, 20_000))
    await isLive(host, stream)
    await host.call('POST', `/api/streams/${stream.slug}/end`)
    const recording = await settled(host, stream)
    expect(recording).toMatchObject({ fault: null, downloads: 1 })
    expect(filesOf(server)).toEqual([])
    expect([...s3.objects.keys()].filter((key) => key.endsWith('.m4s')).length).toBeGreaterThan(18)

    const page = await ask(server, null, 'GET', recording.hls)
    expect(page.headers.get('content-security-policy')).toMatch(
      new RegExp(`connect-src [^;]*${s3.endpoint};.*media-src [^;]*${s3.endpoint};`),
    )
    const [first = ''] = names(await page.text())
    const segment = recording.hls.replace(/[^/]+$/, first)
    const sent = await ask(server, null, 'GET', segment, { redirect: 'manual' })
    expect([sent.status, sent.headers.get('cache-control')]).toEqual([302, 'no-store'])
    const address = sent.headers.get('location')!
    expect(address.startsWith(s3.endpoint)).toBe(true)
    const kept = [...s3.objects].find(([key]) => key.includes(`${first.replace('.m4s', '')}.`))![1]
    expect(new Uint8Array(await (await fetch(address)).arrayBuffer())).toEqual(kept)
    // Nothing of it says who may.
    expect(address + server.output()).not.toContain(ACCESS.secretAccessKey)

    const path = `/api/streams/${stream.slug}/recordings/${recording.id}`
    const film = await ask(server, host, 'GET', `${path}/download.mp4`)
    expect((await film.arrayBuffer()).byteLength).toBeGreaterThan(recording.bytes!)
    expect((await ask(server, host, 'DELETE', path)).status).toBe(204)
    expect([...s3.objects.keys()]).toEqual([])

    // A bucket that is away costs the recording and not the show.
    const again = await host.call<typeof stream>('POST', '/api/streams', { title: 'Again' })
    s3.failing = { status: 400 }
    const second = await publish(server.url, host, again.slug)
    second.configs([AVC, AAC])
    await second.burst(stretch(0, 5_000))
    await isLive(host, again)
    await expect
      .poll(async () => (await recordingsOf(host, again))[0]?.fault)
      .toContain('could not be written')
    await host.call('POST', `/api/streams/${again.slug}/end`)
    await settled(host, again, 'failed')
  } finally {
    await s3.close()
  }
}, 240_000)

test('O1 a bucket without a key is a fault of the configuration', async () => {
  const { code, output } = await runServer({ S3_BUCKET: 'shows', S3_ACCESS_KEY_ID: 'x', DATA_DIR: folder })
  expect(code).toBe(1)
  expect(output).toContain('S3_BUCKET needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.')
})
