// A studio without a browser: sends packets to the real `/ingest`. What is sent at once lies in the past, as after a
// stalled line, so that seconds of a show need no seconds.
import { WebSocket } from 'ws'
import type { IngestGrant } from '../../shared/api/streams.ts'
import {
  encodeConfig,
  encodePacket,
  type EncodedPacket,
  type IngestHears,
  type TrackConfig,
} from '../../shared/media.ts'
import type { Person } from './client.ts'

export type Publisher = {
  heard: IngestHears[]
  configs(configs: readonly TrackConfig[]): void
  /** Packets from time 0, so that the last of them is of now, or right behind those before. A server takes what is up
   * to 30 s old and up to 5 s too early. Resolves when it has taken them, or closed. */
  burst(packets: readonly EncodedPacket[]): Promise<void>
  /** The line breaks. */
  drop(): Promise<void>
}

export async function publish(base: string, host: Person, slug: string): Promise<Publisher> {
  const { grant } = await host.call<IngestGrant>('POST', `/api/streams/${slug}/ingest-grant`)
  const socket = new WebSocket(`${base.replace('http', 'ws')}/ingest`)
  const heard: IngestHears[] = []
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  let whenClock: () => void = () => undefined
  await new Promise<void>((go, fail) => {
    whenClock = go
    socket.on('error', fail)
    socket.on('open', () => socket.send(JSON.stringify({ t: 'publish', grant })))
    socket.on('message', (data) => {
      const hears = JSON.parse((data as Buffer).toString()) as IngestHears
      heard.push(hears)
      // Its clock is the server's: it runs on the same machine.
      if (hears.t === 'go') socket.send(JSON.stringify({ t: 'clock', sent: Date.now() }))
      if (hears.t === 'clock') whenClock()
      if (hears.t === 'refused') fail(new Error(hears.says))
    })
  })
  let end = 0
  return {
    heard,
    configs: (configs) => configs.forEach((config) => socket.send(encodeConfig(config))),
    burst(packets) {
      const last = packets.at(-1)
      const ms = last ? last.ts + last.dur : 0
      const shift = Math.max(Date.now() - ms, end)
      end = shift + ms
      for (const packet of packets) socket.send(encodePacket({ ...packet, ts: packet.ts + shift }))
      const answered = new Promise<void>((resolve) => (whenClock = resolve))
      socket.send(JSON.stringify({ t: 'clock', sent: Date.now() }))
      return Promise.race([answered, closed])
    },
    drop() {
      socket.terminate()
      return closed
    },
  }
}
