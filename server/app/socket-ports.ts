// Open sockets, as sessions and transports see them.
import type { CloseCode } from '../../shared/protocol/index.ts'

/** One connected socket, as a session sees it. Every call after `closed` is a no-op. */
export type Peer = {
  readonly id: string
  readonly address: string
  /** False when the frame was dropped: the session must close. Bytes are copied before it returns, and are a binary
   * frame unless they are said to be text (in UTF-8). */
  send(frame: string | Uint8Array, as?: 'text'): boolean
  /** What `run` sends leaves in one write, behind what was published to this peer before. */
  cork(run: () => void): void
  buffered(): number
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  /** `reason` is at most 123 bytes of UTF-8. */
  close(code: number, reason?: string): void
}

export type SocketSession = {
  text(frame: string): void
  /** `bytes` belongs to the session: the adapter has copied it. */
  binary(bytes: Uint8Array): void
  /** Once. `slow`: a frame was dropped because the peer had not read enough of what was before it. */
  closed(why?: 'slow'): void
}

/** Looks up again, some at a time, whether open sockets may stay, and closes those that may not. A verdict is the code
 * to close with; null: it stays. */
export type SecondLook<T> = { at(sockets: Iterable<T>): void; stop(): void }
export type OpenSecondLook = <T extends { close(code: CloseCode): void }>(
  verdict: (socket: T) => Promise<CloseCode | null>,
) => SecondLook<T>

export type Endpoint = {
  path: '/chat' | '/push' | '/ingest'
  maxFrameBytes: number
  /** A peer that lets more than this pile up is closed by the transport (the client sees 1006). */
  maxBufferedBytes: number
  open(peer: Peer): SocketSession
}

export type Topics = {
  /** To every local subscriber, encoded once. */
  publish(topic: string, frame: string | Uint8Array): void
}
