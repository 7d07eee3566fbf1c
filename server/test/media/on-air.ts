// A publisher and viewers of a real server, at the level of its sockets.
import { WebSocket } from 'ws'
import type { IngestGrant, Pass } from '../../../shared/api/streams.ts'
import {
  encodeConfig,
  encodePacket,
  type EncodedPacket,
  type IngestHears,
  type PushHears,
  type TrackConfig,
} from '../../../shared/media.ts'
import { createPerson, type Person } from '../client.ts'

/** `low`: which of them are of the low layer. */
export type Source = {
  configs: TrackConfig[]
  packets: EncodedPacket[]
  lengthMs: number
  low?: ReadonlySet<TrackConfig | EncodedPacket>
}

/** Sends a source over and over at its own pace. `ready` rejects with what it was refused for. */
export function publishAt(url: string, cookie: string, slug: string, source: Source) {
  const heard: IngestHears[] = []
  const grantOf = () =>
    createPerson(url, cookie).call<IngestGrant>('POST', `/api/streams/${slug}/ingest-grant`, {})
  const layerOf = (one: TrackConfig | EncodedPacket) => (source.low?.has(one) ? 'low' : 'main')
  let socket: WebSocket | undefined
  let timer: NodeJS.Timeout | undefined

  async function open(): Promise<void> {
    const { grant } = await grantOf()
    const mine = new WebSocket(`${url.replace('http', 'ws')}/ingest`)
    socket = mine
    await new Promise<void>((resolve, reject) => {
      mine.on('error', reject)
      mine.on('open', () => mine.send(JSON.stringify({ t: 'publish', grant })))
      mine.on('message', (data: Buffer) => {
        const said = JSON.parse(data.toString()) as IngestHears
        heard.push(said)
        if (said.t === 'go') resolve()
        if (said.t === 'refused') reject(new Error(said.reason))
      })
    })
    for (const config of source.configs) mine.send(encodeConfig(config, layerOf(config)))
    play(mine, Date.now(), 0)
  }

  /** Sends what is due, and comes again when more is. */
  function play(to: WebSocket, from: number, next: number): void {
    let i = next
    for (; ; i++) {
      const round = Math.floor(i / source.packets.length) * source.lengthMs
      const packet = source.packets[i % source.packets.length]
      if (!packet || to.readyState !== WebSocket.OPEN) return
      const ts = from + round + packet.ts
      if (ts > Date.now()) break
      to.send(encodePacket({ ...packet, ts }, layerOf(packet)))
    }
    timer = setTimeout(() => play(to, from, i), 10)
  }

  return {
    ready: open(),
    heard,
    stop() {
      clearTimeout(timer)
      socket?.terminate()
    },
  }
}

export type Watching = Awaited<ReturnType<typeof watchAt>>

export async function watchAt(url: string, person: Person, slug: string) {
  const { pass } = await person.call<Pass>('POST', `/api/streams/${slug}/pass`, {})
  const socket = new WebSocket(`${url.replace('http', 'ws')}/push`)
  const says: PushHears[] = []
  /** Init segments and chunks, as they came; `at` on the clock of `performance.now`. */
  const media: { at: number; bytes: Buffer }[] = []
  let closed: number | undefined
  socket.on('error', () => undefined)
  socket.on('close', (code) => (closed = code))
  socket.on('open', () => socket.send(JSON.stringify({ t: 'watch', pass })))
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) media.push({ at: performance.now(), bytes: data })
    else says.push(JSON.parse(data.toString()) as PushHears)
  })
  return {
    says,
    media,
    state: () => says.findLast((one) => one.t === 'state')?.state,
    inits: () => says.filter((one) => one.t === 'init').length,
    closed: () => closed,
    say: (what: object) => socket.send(JSON.stringify(what)),
    close: () => socket.terminate(),
  }
}
