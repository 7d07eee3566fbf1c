// What video across nodes asks of the outside: who is there, a pipe to them, and secrets that only they share.
import type { StreamId } from '../../shared/ids.ts'
import type { StreamState } from '../../shared/protocol/events.ts'

/** Where other nodes reach this one. */
export type NodeAddress = { node: string; host: string; port: number }

/** Where a stream is. `state` is null when there is no such stream. `node` had its publisher within a publisher's
 * grace; `at` is null when nobody knows where that node is. */
export type Airing = { state: StreamState | null; node: string | null; at: NodeAddress | null }

export type Nodes = {
  /** Said every few seconds; who is silent for a while is forgotten. */
  beat(address: NodeAddress): Promise<void>
  leave(node: string): Promise<void>
  find(node: string): Promise<NodeAddress | null>
  /** In the order asked. */
  airings(streams: readonly StreamId[]): Promise<Airing[]>
}

/** One connection between two nodes: bytes in order, both ways. Calls after its end are no-ops. */
export type Pipe = {
  write(pieces: readonly Uint8Array[]): void
  /** Bytes that the other end has not taken yet. */
  buffered(): number
  /** What was written before still leaves. */
  close(): void
}
export type PipeHears = {
  bytes(bytes: Uint8Array): void
  /** Once, whoever closed it; also when it could not be opened. */
  closed(): void
}
export type Dial = (at: NodeAddress, hears: PipeHears) => Pipe

/** Made of the key that all nodes of a database share. Words are kept apart by their label. */
export type RelaySecrets = {
  /** Never the same again. */
  nonce(): string
  proof(label: string, words: string): string
  proves(proof: unknown, label: string, words: string): boolean
  /** For one direction of one connection: frames are opened in the order they were sealed, each once. */
  sealer(label: string, words: string): Sealer
}
export type Sealer = {
  seal(pieces: readonly Uint8Array[]): Uint8Array[]
  /** Null for anything that was not sealed so, or not next. */
  open(bytes: Uint8Array): Uint8Array | null
}
