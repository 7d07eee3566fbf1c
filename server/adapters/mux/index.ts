// Mux by its own SDK: every call with a time limit and a fault of ours that repeats nothing Mux said, because its
// answers hold keys.
import { Mux, APIError, NotFoundError } from '@mux/mux-node'
import { MuxFault, type MuxApi, type MuxSignature, type MuxSigner } from '../../app/mux-ports.ts'
import type { Clock } from '../../app/ports.ts'
import { createMuxSigner } from './sign.ts'

export type MuxConfig = {
  tokenId: string
  tokenSecret: string
  webhookSecret: string
  signingKey: string
  /** PEM, or base64 of it. */
  privateKey: string
  /** Null: Mux itself. */
  baseUrl: string | null
  latency: 'low' | 'reduced' | 'standard'
  reconnectSeconds: number
}

const TIMEOUT_MS = 8_000
const MOST_PAGES = 3
const RETRY_AFTER_MS = 1_000

export function createMux(config: MuxConfig, clock: Clock): MuxApi & MuxSigner & MuxSignature {
  const mux = new Mux({
    tokenId: config.tokenId,
    tokenSecret: config.tokenSecret,
    webhookSecret: config.webhookSecret,
    jwtSigningKey: config.signingKey,
    jwtPrivateKey: config.privateKey,
    // Null and undefined would be looked up in the environment, which was read already.
    authorizationToken: null,
    ...(config.baseUrl === null ? {} : { baseURL: config.baseUrl }),
    timeout: TIMEOUT_MS,
    maxRetries: 1,
    // It writes what it sends and gets.
    logLevel: 'off',
  })
  const { liveStreams, assets } = mux.video

  async function ask<T>(call: string, made: Promise<T>): Promise<T> {
    try {
      return await made
    } catch (error) {
      throw faultOf(call, error)
    }
  }
  async function find<T>(call: string, made: Promise<T>): Promise<T | null> {
    return made.catch((error: unknown) => {
      if (error instanceof NotFoundError) return null
      throw faultOf(call, error)
    })
  }

  return {
    async createLive(stream) {
      const made = await ask(
        'create live stream',
        liveStreams.create(
          {
            playback_policies: ['signed'],
            new_asset_settings: { playback_policies: ['signed'] },
            latency_mode: config.latency,
            // Low and reduced latency have none unless it is said.
            reconnect_window: config.reconnectSeconds,
            passthrough: stream,
          },
          // Two of them would be one too many, and one that nobody knows.
          { maxRetries: 0 },
        ),
      )
      const playback = made.playback_ids?.find(({ policy }) => policy === 'signed')?.id
      if (playback === undefined) throw new MuxFault('create live stream', 'away', 200, null)
      return { live: made.id, playback }
    },
    async live(id) {
      const found = await find('look at live stream', liveStreams.retrieve(id))
      if (!found) return null
      const { status, active_asset_id: active, recent_asset_ids: recent = [] } = found
      const encoding = active !== undefined && active !== ''
      return { status, encoding, assets: [...new Set([...recent, ...(encoding ? [active] : [])])] }
    },
    async active() {
      const ids: string[] = []
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const { data } = await ask(
          'list live streams',
          liveStreams.list({ status: 'active', page, limit: 100 }),
        )
        ids.push(...data.map(({ id }) => id))
        if (data.length < 100) break
      }
      return ids
    },
    async key(id) {
      return (await find('look at live stream', liveStreams.retrieve(id)))?.stream_key ?? null
    },
    async resetKey(id) {
      return (await find('reset stream key', liveStreams.resetStreamKey(id)))?.stream_key ?? null
    },
    async close(id) {
      // The first is refused when nothing is on air, and both when it is gone: then it is as it should be.
      for (const [call, made] of [
        ['complete live stream', () => liveStreams.complete(id)],
        ['disable live stream', () => liveStreams.disable(id)],
      ] as const)
        await made().then(
          () => undefined,
          (error: unknown) => {
            const fault = faultOf(call, error)
            if (fault.kind !== 'refused') throw fault
          },
        )
    },
    async asset(id) {
      const found = await find('look at asset', assets.retrieve(id))
      const live = found?.live_stream_id
      return found && live !== undefined ? { ...found, live_stream_id: live } : null
    },
    async assetsOf(live) {
      const { data } = await ask('list assets', assets.list({ live_stream_id: live, limit: 25 }))
      return data.map(({ id }) => ({ id }))
    },
    async deleteLive(id) {
      await find('delete live stream', liveStreams.delete(id))
    },
    async deleteAsset(id) {
      await find('delete asset', assets.delete(id))
    },
    ...createMuxSigner(mux, clock),
    async holds(body, header) {
      try {
        await mux.webhooks.verifySignature(body, { 'mux-signature': header })
        return true
      } catch {
        return false // whatever is wrong with it, the answer is the same
      }
    },
  }
}

/** The SDK's own errors carry headers and bodies: neither goes on. */
function faultOf(call: string, error: unknown): MuxFault {
  if (!(error instanceof APIError)) return new MuxFault(call, 'away', null, null)
  const { status, headers } = error as { status: number | undefined; headers: Headers | undefined }
  if (status === 429) {
    const seconds = Number(headers?.get('retry-after'))
    return new MuxFault(call, 'busy', status, seconds > 0 ? seconds * 1_000 : RETRY_AFTER_MS)
  }
  // Wrong credentials are not among these: they are no answer about the thing that was asked for.
  const refused = [400, 404, 409, 412, 422].includes(status ?? 0)
  return new MuxFault(call, refused ? 'refused' : 'away', status ?? null, null)
}
