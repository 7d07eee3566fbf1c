// The simple handshake, both sides: one byte of version, and 1536 bytes that each sends and gets back.
import { joined } from './chunks-in.ts'
import { u32 } from './messages.ts'

const VERSION = 3
const BLOCK = 1_536

/** What there is to send, if anything; `rest` is set when it is over: what came behind it. */
export type Step = { send: Uint8Array | null; rest: Uint8Array | null } | { fault: string }
export type Handshake = { push(bytes: Uint8Array): Step }

/** A block of our own: time zero and version zero (so nobody expects a digest), then at least 1528 characters of
 * anything. */
const block = (noise: string): Uint8Array<ArrayBuffer> =>
  joined(u32(0, 0), new TextEncoder().encode(noise).subarray(0, BLOCK - 8))

/** The side that is called: hears C0 and C1, answers S0, S1 and S2, hears C2. */
export function createCalledHandshake(noise: string): Handshake {
  let held: Uint8Array = new Uint8Array(0)
  let answered = false
  return {
    push(bytes) {
      held = joined(held, bytes)
      // Said at the first byte: whoever speaks another protocol may wait for our answer before it says more.
      if (!answered && held.byteLength > 0 && held[0] !== VERSION) return { fault: 'This is not RTMP.' }
      let send: Uint8Array | null = null
      if (!answered && held.byteLength >= 1 + BLOCK) {
        const echo = held.subarray(1, 1 + BLOCK)
        send = joined(joined(new Uint8Array([VERSION]), block(noise)), echo)
        held = held.slice(1 + BLOCK)
        answered = true
      }
      return { send, rest: answered && held.byteLength >= BLOCK ? held.slice(BLOCK) : null }
    },
  }
}

/** The side that calls: `begin` first; hears S0, S1 and S2, answers C2. */
export function createCallingHandshake(noise: string): Handshake & { begin(): Uint8Array } {
  let held: Uint8Array = new Uint8Array(0)
  return {
    begin: () => joined(new Uint8Array([VERSION]), block(noise)),
    push(bytes) {
      held = joined(held, bytes)
      if (held.byteLength > 0 && held[0] !== VERSION) return { fault: 'The other side does not speak RTMP.' }
      if (held.byteLength < 1 + 2 * BLOCK) return { send: null, rest: null }
      return { send: held.slice(1, 1 + BLOCK), rest: held.slice(1 + 2 * BLOCK) }
    },
  }
}
