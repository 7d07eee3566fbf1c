// A socket as the media rooms use it: JSON text is control, binary is media. Malformed text is dropped: the
// server is ours, and a frame from a newer one must not stop the picture.
import type { Closed } from './backoff.ts'

export type WireEvents<Hears> = {
  opened(): void
  heard(message: Hears): void
  bytes(data: ArrayBuffer): void
  closed(closed: Closed): void
}

export type Wire<Says> = {
  say(message: Says): void
  sendBytes(bytes: Uint8Array<ArrayBuffer>): void
  /** Bytes handed over and not yet on the network. */
  waiting(): number
  /** Ends the socket in silence: no event follows. */
  close(): void
}

export type OpenWire = <Says, Hears>(url: string, on: WireEvents<Hears>) => Wire<Says>

/** `path` may be a path of this origin or an absolute http(s) or ws(s) address. */
export function socketUrl(path: string, base: string): string {
  const url = new URL(path, base)
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:'
  return url.href
}

export const openWire: OpenWire = <Says, Hears>(url: string, on: WireEvents<Hears>): Wire<Says> => {
  const socket = new WebSocket(socketUrl(url, location.href))
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => on.opened()
  socket.onmessage = (event: MessageEvent<ArrayBuffer | string>) => {
    if (typeof event.data !== 'string') {
      on.bytes(event.data)
      return
    }
    const message = parse(event.data)
    if (message !== undefined) on.heard(message as Hears)
  }
  socket.onclose = ({ code, reason }) => on.closed({ code, reason })
  return {
    say(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
    },
    sendBytes(bytes) {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes)
    },
    waiting: () => socket.bufferedAmount,
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    },
  }
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
