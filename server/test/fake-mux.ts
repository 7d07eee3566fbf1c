// Mux as far as we use it, in memory, over real HTTP: what the SDK sends and gets is held against the SDK's own types,
// and webhooks are signed as Mux signs them. A test decides which of them arrive, when, how often and in what order.
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Mux } from '@mux/mux-node'

type Live = Mux.Video.LiveStream
type Asset = Mux.Video.Asset
type Moment = 'connected' | 'active' | 'disconnected' | 'idle'
type Event = Mux.Webhooks.UnwrapWebhookEvent
type LiveEvent = Extract<Event, { type: `video.live_stream.${Moment}` }>
type AssetEvent = Extract<Event, { type: 'video.asset.ready' | 'video.asset.live_stream_completed' }>
export type MuxEvent = LiveEvent | AssetEvent

const WINDOW = { low: 0, reduced: 0, standard: 60 }
const ENCODED = {
  encoding_tier: 'smart',
  master_access: 'none',
  max_resolution_tier: '1080p',
  progress: { state: 'live', progress: -1 },
} as const
const token = () => randomBytes(16).toString('hex')

export type FakeMux = Awaited<ReturnType<typeof startFakeMux>>

export async function startFakeMux(
  credentials = { id: 'token-id-of-a-test', secret: 'token-secret-of-a-test' },
) {
  const lives = new Map<string, Live>()
  const assets = new Map<string, Asset>()
  const asked: string[] = []
  const bodies: unknown[] = []
  let failing: { status: number; headers: Record<string, string> } | null = null
  /** By its own clock, which a test moves. */
  let at = Date.now() - 60_000

  async function answer(request: IncomingMessage): Promise<{ status: number; data?: unknown }> {
    const { method = '', url = '' } = request
    const { pathname, searchParams } = new URL(url, 'http://mux')
    asked.push(`${method} ${pathname}`)
    const basic = Buffer.from(`${credentials.id}:${credentials.secret}`).toString('base64')
    if (request.headers.authorization !== `Basic ${basic}`) return { status: 401 }
    const body = await textOf(request)
    if (body !== '') bodies.push(JSON.parse(body))
    const [, , kind, id, action] = pathname.slice(1).split('/')
    if (kind === 'live-streams' && id === undefined)
      return method === 'POST'
        ? { status: 201, data: create(JSON.parse(body) as Mux.Video.LiveStreamCreateParams) }
        : {
            status: 200,
            data: [...lives.values()].filter(({ status }) => status === searchParams.get('status')),
          }
    const of = searchParams.get('live_stream_id')
    if (kind === 'assets' && id === undefined)
      return { status: 200, data: [...assets.values()].filter((asset) => asset.live_stream_id === of) }
    const found = kind === 'assets' ? assets.get(id ?? '') : lives.get(id ?? '')
    if (!found) return { status: 404 }
    if (method === 'DELETE') {
      lives.delete(found.id)
      assets.delete(found.id)
      return { status: 204 }
    }
    return 'stream_key' in found && action !== undefined ? act(found, action) : { status: 200, data: found }
  }

  function create(params: Mux.Video.LiveStreamCreateParams): Live {
    const { latency_mode: latency = 'standard', playback_policies: policies = [] } = params
    const live = {
      id: token(),
      created_at: String(Math.floor(at / 1_000)),
      latency_mode: latency,
      max_continuous_duration: 43_200,
      status: 'idle',
      stream_key: `${randomUUID()}-key`,
      srt_passphrase: `${token()}-phrase`,
      reconnect_window: params.reconnect_window ?? WINDOW[latency],
      playback_ids: policies.map((policy) => ({ id: token(), policy })),
      ...(params.passthrough === undefined ? {} : { passthrough: params.passthrough }),
    } satisfies Live
    lives.set(live.id, live)
    return live
  }

  function act(live: Live, action: string): { status: number; data?: unknown } {
    if (action === 'reset-stream-key') live.stream_key = `${randomUUID()}-key`
    else if (action === 'complete') {
      if (live.status !== 'active') return { status: 400 }
      live.status = 'idle'
      delete live.active_asset_id
    } else if (action === 'disable') live.status = 'disabled'
    else return { status: 404 }
    return action === 'reset-stream-key' ? { status: 200, data: live } : { status: 200, data: {} }
  }

  const server = createServer((request, response) => {
    const failed = failing
    if (failed) {
      asked.push(`${request.method} refused`)
      response.writeHead(failed.status, failed.headers).end('{"error":{"type":"busy","messages":["no"]}}')
      return
    }
    answer(request).then(
      ({ status, data }) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(
          status === 204 ? undefined : JSON.stringify(data === undefined ? { error: {} } : { data }),
        )
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo

  const need = (id: string): Live => {
    const live = lives.get(id)
    if (!live) throw new Error('no such live stream')
    return live
  }
  const envelope = (type: string, id: string) => ({
    ...{ id: randomUUID(), attempts: [], environment: { id: 'e', name: 'Test' } },
    ...{ object: { type, id }, created_at: new Date((at += 1_000)).toISOString() },
  })
  function live(moment: Moment, id: string): MuxEvent {
    const { created_at: made, ...found } = need(id)
    const data = {
      ...found,
      created_at: Number(made),
      simulcast_targets: [
        { id: 's', url: 'rtmp://elsewhere.example/app', stream_key: `${token()}-simulcast`, status: 'idle' },
      ],
    } satisfies Mux.Webhooks.WebhookLiveStream
    const type = `video.live_stream.${moment}` as const
    return { ...envelope('live', id), type, data }
  }
  function asset(moment: 'ready' | 'live_stream_completed', id: string): MuxEvent {
    const found = assets.get(id)
    if (!found) throw new Error('no such asset')
    const { created_at: made, recording_times: times = [], ...rest } = found
    const { status, is_live = true, live_stream_id = '', duration = 0, playback_ids = [] } = rest
    const data = {
      ...{ ...ENCODED, id, created_at: Number(made), status },
      ...{ is_live, live_stream_id, duration, playback_ids },
      // Not as in answers.
      recording_times: times.map(({ started_at: begun = '', ...time }) => ({
        ...time,
        started_at: {
          seconds: Math.floor(Date.parse(begun) / 1_000),
          nanos: (Date.parse(begun) % 1_000) * 1e6,
        },
      })),
    } satisfies Mux.Webhooks.WebhookAsset
    const type = `video.asset.${moment}` as const
    return { ...envelope('asset', id), type, data }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    credentials,
    lives,
    assets,
    /** Every request, as method and path; and every body. */
    asked,
    bodies,
    /** Its clock, from now on; every event is a second later than the one before. */
    turn: (ms: number) => void (at = ms),
    /** Until `null`: every request is answered with this. */
    fail: (status: number | null, headers: Record<string, string> = {}) =>
      (failing = status === null ? null : { status, headers }),

    // What an encoder does, and the webhook that tells of it.
    connects(id: string): MuxEvent {
      const found = need(id)
      const made = {
        id: token(),
        created_at: String(Math.floor(at / 1_000)),
        ...{ ...ENCODED, status: 'preparing', is_live: true },
        live_stream_id: id,
        playback_ids: [{ id: token(), policy: 'signed' }],
      } satisfies Asset
      assets.set(made.id, made)
      found.active_asset_id = made.id
      found.recent_asset_ids = [...(found.recent_asset_ids ?? []), made.id]
      return live('connected', id)
    },
    plays(id: string): MuxEvent {
      const found = need(id)
      found.status = 'active'
      const event = live('active', id)
      const made = assets.get(found.active_asset_id ?? '')
      if (made) made.recording_times = [{ started_at: event.created_at, duration: 0, type: 'content' }]
      return event
    },
    drops: (id: string): MuxEvent => live('disconnected', id),
    idles(id: string): MuxEvent {
      const found = need(id)
      if (found.status === 'active') found.status = 'idle'
      delete found.active_asset_id
      return live('idle', id)
    },
    assetReady(id: string): MuxEvent {
      const made = assets.get(id)
      if (made) Object.assign(made, { status: 'ready', duration: 61.5 })
      return asset('ready', id)
    },
    assetCompletes(id: string): MuxEvent {
      const made = assets.get(id)
      if (made) Object.assign(made, { status: 'ready', is_live: false, duration: 62.25 })
      return asset('live_stream_completed', id)
    },
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** A request as Mux makes it. `at`: when it was signed, Unix ms. */
export function signed(event: MuxEvent | string, secret: string, at = Date.now()) {
  const body = typeof event === 'string' ? event : JSON.stringify(event)
  const t = Math.floor(at / 1_000)
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
  return { body, headers: { 'content-type': 'application/json', 'mux-signature': `t=${t},v1=${v1}` } }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
