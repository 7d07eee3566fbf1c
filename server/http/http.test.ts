import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFiles } from '../adapters/files/index.ts'
import { createWorld } from '../test/web-world.ts'
import type { MediaFile } from '../app/video-ports.ts'

const STREAM = '11111111-1111-4111-8111-111111111111'

async function builtClient() {
  const dir = await mkdtemp(join(tmpdir(), 'stagedoor-client-'))
  await mkdir(join(dir, 'assets'))
  for (const page of ['home', 'watch', 'studio', 'live', 'sign-in', 'account', 'enter', 'missing'])
    await writeFile(join(dir, `${page}.html`), `page ${page}`)
  await writeFile(join(dir, 'assets/app-1a.js'), 'script')
  await writeFile(join(dir, 'assets/app-1a.js.br'), 'small')
  await writeFile(join(dir, 'icon.svg'), '<svg/>')
  return createWorld({ http: { files: await createFiles(dir) } }).browser()
}

test.each([
  ['/', 'home'],
  ['/watch/tea', 'watch'],
  ['/watch/tea', 'watch'],
  ['/studio', 'studio'],
  ['/studio/tea', 'live'],
  ['/sign-in', 'sign-in'],
  ['/sign-up', 'sign-in'],
  ['/account', 'account'],
  ['/enter', 'enter'],
])('%s is the page %s', async (path, page) => {
  const browser = await builtClient()
  const reply = await browser.get(path)
  expect([reply.status, reply.body]).toEqual([200, `page ${page}`])
  expect(reply.headers.get('cache-control')).toBe('no-cache')
  const again = await browser.get(path, { 'if-none-match': `W/${reply.headers.get('etag') ?? ''}` })
  expect([again.status, again.body]).toEqual([304, ''])
})

test('O6 an unknown path is a page with 404, and unknown under /api and /hls is a refusal', async () => {
  const browser = await builtClient()
  for (const path of [
    '/nope',
    '/s',
    '/watch/a/b',
    '/home.html',
    '/assets/none.js',
    '/..%2f..%2fetc/passwd',
    '/studio/a/b',
  ]) {
    const { status, body } = await browser.get(path)
    expect([path, status, body]).toEqual([path, 404, 'page missing'])
  }
  for (const path of ['/api', '/api/nope', '/api/streams/a/b', '/hls/x/y', '/hls/x']) {
    const { status, body } = await browser.get(path)
    expect([path, status, body]).toMatchObject([path, 404, { code: 'not_found' }])
  }
  expect((await browser.post('/')).status).toBe(404)
})

test('assets last for ever, compressed for whom can read it; other files are asked about', async () => {
  const browser = await builtClient()
  const asset = await browser.get('/assets/app-1a.js', { 'accept-encoding': 'gzip, br' })
  expect(asset.body).toBe('small')
  expect(Object.fromEntries(asset.headers)).toMatchObject({
    'content-encoding': 'br',
    'content-length': '5',
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
  })
  expect((await browser.get('/assets/app-1a.js')).body).toBe('script')
  expect((await browser.get('/icon.svg')).headers.get('cache-control')).toBe('no-cache')
})

test('HEAD gives the length and no body', async () => {
  const reply = await (await builtClient()).ask('HEAD', '/icon.svg')
  expect([reply.status, reply.body, reply.headers.get('content-length')]).toEqual([200, '', '6'])
})

test('every response is held by a strict policy, refusals and faults too', async () => {
  const world = createWorld()
  for (const path of ['/', '/api/me', '/api/streams/nowhere', '/healthz']) {
    const { headers } = await world.browser().get(path)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';")
    expect(policy).toContain("connect-src 'self' wss://stage.example;")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('permissions-policy')).toContain('camera=(self)')
    expect(headers.get('strict-transport-security')).toContain('max-age=')
  }
  const plain = createWorld({ publicUrl: 'http://localhost:8080' })
  const { headers } = await plain.browser().get('/healthz')
  expect(headers.get('strict-transport-security')).toBeNull()
  expect(headers.get('content-security-policy')).toContain("connect-src 'self' ws://localhost:8080;")
})

test('V21 pages may load video from elsewhere only when somebody else carries it, and never a script', async () => {
  const elsewhere = createWorld({ http: { videoOrigins: ['https://*.video.example'] } })
  const { headers } = await elsewhere.browser().get('/healthz')
  const policy = (headers.get('content-security-policy') ?? '').split('; ')
  const named = policy.filter((rule) => rule.includes('video.example')).map((rule) => rule.split(' ')[0])
  expect(named).toEqual(['connect-src', 'img-src', 'media-src'])
})

test('answers about people are never cached', async () => {
  const world = createWorld()
  for (const path of ['/api/me', '/api/streams', '/api/nope'])
    expect((await world.browser().get(path)).headers.get('cache-control')).toBe('no-store')
})

test('O6 a fault has an id and no detail; a database that is away is worth trying again', async () => {
  const broken = (message: string) =>
    createWorld({
      http: {
        files: {
          get: () => {
            throw new Error(message)
          },
        },
      },
    })
  const bug = broken('secret detail')
  const reply = await bug.browser().get('/')
  expect([reply.status, reply.body]).toEqual([
    500,
    { code: 'internal', says: expect.any(String) as string, fault: 'fault-1' },
  ])
  expect(bug.faults[0]?.where).toBe('GET /')
  expect(reply.headers.get('content-security-policy')).not.toBeNull()
  const away = await broken('the database is away').browser().get('/')
  expect([away.status, away.body]).toMatchObject([503, { code: 'unavailable', fault: 'fault-1' }])
})

test('health says the process is there, readiness that it can work', async () => {
  expect((await createWorld().browser().get('/healthz')).status).toBe(200)
  expect((await createWorld().browser().get('/readyz')).status).toBe(200)
  for (const ready of [() => Promise.resolve(false), () => Promise.reject(new Error('away'))])
    expect((await createWorld({ http: { ready } }).browser().get('/readyz')).status).toBe(503)
})

function player(file: MediaFile | null, more = {}) {
  const asked: unknown[] = []
  const media = {
    get: (...args: unknown[]) => {
      asked.push(args)
      return Promise.resolve(file)
    },
  }
  return { asked, browser: createWorld({ http: { media, ...more } }).browser() }
}
const PLAYLIST: MediaFile = { contentType: 'application/vnd.apple.mpegurl', maxAge: 0, body: '#EXTM3U é' }

test('a playlist is never stored, a segment for as long as it says', async () => {
  const playlist = await player(PLAYLIST).browser.get(`/hls/${STREAM}/live.m3u8`)
  expect(playlist.body).toBe('#EXTM3U é')
  expect(Object.fromEntries(playlist.headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'application/vnd.apple.mpegurl',
    'content-length': '10',
  })
  const bytes = new Uint8Array([1, 2, 3])
  const segment = player({ contentType: 'video/mp4', maxAge: 3_600, body: bytes })
  const { headers } = await segment.browser.get(`/hls/${STREAM}/s1.mp4`)
  expect(headers.get('cache-control')).toBe('public, max-age=3600, immutable')
  expect(headers.get('content-length')).toBe('3')
})

test('a blocking reload passes on what it waits for, and nonsense is refused', async () => {
  const { asked, browser } = player(PLAYLIST)
  await browser.get(`/hls/${STREAM}/live.m3u8?_HLS_msn=12&_HLS_part=0`)
  await browser.get(`/hls/${STREAM}/live.m3u8?_HLS_msn=12`)
  await browser.get(`/hls/${STREAM}/live.m3u8`)
  expect(asked).toEqual([
    [STREAM, 'live.m3u8', { msn: 12, part: 0 }],
    [STREAM, 'live.m3u8', { msn: 12 }],
    [STREAM, 'live.m3u8', {}],
  ])
  for (const query of [
    '_HLS_msn=-1',
    '_HLS_msn=1e9',
    '_HLS_msn=',
    '_HLS_msn=9999999999',
    '_HLS_part=1',
    '_HLS_msn=1&_HLS_part=x',
  ])
    expect([query, (await browser.get(`/hls/${STREAM}/live.m3u8?${query}`)).status]).toEqual([query, 400])
  expect(asked).toHaveLength(3)
})

test('P8 who may not watch gets what there is for a stream that does not exist', async () => {
  const hidden = player(PLAYLIST, { mayWatch: () => Promise.resolve(false) })
  const absent = player(null)
  const replies = []
  for (const { browser } of [hidden, absent]) replies.push(await browser.get(`/hls/${STREAM}/live.m3u8`))
  expect([replies[0]?.status, replies[0]?.body]).toEqual([404, replies[1]?.body])
  expect([...(replies[0]?.headers ?? [])]).toEqual([...(replies[1]?.headers ?? [])])
  expect(hidden.asked).toEqual([])
})
