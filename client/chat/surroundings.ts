// What the chat client needs from the browser, as types, so that all of it runs under a hand clock in Node.
import type { Clock } from '../clock.ts'

export type { Clock }

export type Random = {
  uuid(): string
  /** In [0, 1). */
  fraction(): number
}

/** Whether the browser believes in a network, and whether somebody looks at the page. */
export type Signals = {
  online(): boolean
  visible(): boolean
  subscribe(fn: (signal: 'online' | 'offline' | 'visible') => void): () => void
}

/** The part of a WebSocket that is used; handlers are set right after the factory returns. */
export type Socket = {
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  send(text: string): void
  close(): void
}

/** localStorage, or a Map in tests. A browser may refuse either call; the adapter swallows that. */
export type Shelf = {
  keys(): string[]
  get(key: string): string | null
  set(key: string, value: string): void
  remove(key: string): void
}
