// One connection between two nodes: who is at the other end is proven both ways before anything is said, and all
// that is said afterwards is sealed. Three frames in clear: the edge names itself, whom it wants and a nonce; the
// origin answers with its own nonce and a proof over both; the edge proves itself over the same words. A proof of
// one connection is worth nothing in another, and one of the origin is none of the edge.
import type { Clock } from '../../app/ports.ts'
import type { Dial, NodeAddress, Pipe, PipeHears, RelaySecrets, Sealer } from '../../app/relay-ports.ts'
import { createUnframer, framed } from './framing.ts'
import { decode, encode, type EdgeSays, type OriginSays } from './messages.ts'

/** Nodes of another version are not understood. */
const VERSION = 2
const HANDSHAKE_MS = 3_000
const FIRST_FRAMES_BYTES = 1_024
/** A segment at its worst, with room. */
const MOST_FRAME_BYTES = 64_000_000

export type Line<Says> = {
  send(says: Says, body?: readonly Uint8Array[]): void
  buffered(): number
  close(): void
}
export type LineEvents<Hears> = {
  /** The other end is the node it says it is. */
  ready(from: string): void
  heard(says: Hears, body: Uint8Array<ArrayBuffer>): void
  /** Once, also when it never became ready. `why` is for the log: null when the line just ended. */
  closed(why: string | null): void
}
type Deps = { node: string; clock: Clock; secrets: RelaySecrets }
type Greeting = { v?: unknown; from?: unknown; to?: unknown; nonce?: unknown; proof?: unknown }

export function dialLine(
  deps: Deps & { dial: Dial },
  at: NodeAddress,
  events: LineEvents<OriginSays>,
): Line<EdgeSays> {
  const nonce = deps.secrets.nonce()
  const line = createLine<OriginSays>(deps, events, (greeting, end) => {
    const words = wordsOf(deps.node, at.node, nonce, greeting.nonce)
    if (greeting.v !== VERSION) end.refuse('another version')
    else if (!deps.secrets.proves(greeting.proof, 'origin', words)) end.refuse('no proof')
    else {
      end.greet({ proof: deps.secrets.proof('edge', words) })
      end.begin(words, 'to origin', 'to edge', at.node)
    }
  })
  line.attach(deps.dial(at, line.hears))
  line.greet({ v: VERSION, from: deps.node, to: at.node, nonce })
  return line
}

export function answerLine(
  deps: Deps,
  pipe: Pipe,
  events: LineEvents<EdgeSays>,
): { line: Line<OriginSays>; hears: PipeHears } {
  const nonce = deps.secrets.nonce()
  let from: string | undefined
  let words = ''
  const line = createLine<EdgeSays>(deps, events, (greeting, end) => {
    if (from !== undefined) {
      if (deps.secrets.proves(greeting.proof, 'edge', words)) end.begin(words, 'to edge', 'to origin', from)
      else end.refuse('no proof')
    } else if (greeting.v !== VERSION) end.refuse('another version')
    else if (typeof greeting.from !== 'string' || greeting.to !== deps.node) end.refuse('another node')
    else {
      from = greeting.from
      words = wordsOf(from, deps.node, greeting.nonce, nonce)
      end.greet({ v: VERSION, nonce, proof: deps.secrets.proof('origin', words) })
    }
  })
  line.attach(pipe)
  return { line, hears: line.hears }
}

/** No two handshakes are about the same words: each end chose one of the nonces. */
const wordsOf = (edge: string, origin: string, edgeNonce: unknown, originNonce: unknown) =>
  JSON.stringify([VERSION, edge, origin, edgeNonce, originNonce])

type End = {
  greet(greeting: Greeting): void
  refuse(why: string): void
  begin(words: string, out: string, into: string, from: string): void
}

function createLine<Hears>(
  { clock, secrets }: Deps,
  events: LineEvents<Hears>,
  greeted: (greeting: Greeting, end: End) => void,
) {
  let pipe: Pipe | undefined
  let sealed: { out: Sealer; into: Sealer } | undefined
  let closed = false
  const cancelHandshake = clock.after(HANDSHAKE_MS, () => over('no handshake in time'))

  function over(why: string | null): void {
    if (closed) return
    closed = true
    cancelHandshake()
    pipe?.close()
    events.closed(why)
  }

  const end: End = {
    greet: (greeting) => pipe?.write(framed([new TextEncoder().encode(JSON.stringify(greeting))])),
    refuse: over,
    begin(words, out, into, from) {
      cancelHandshake()
      sealed = { out: secrets.sealer(out, words), into: secrets.sealer(into, words) }
      events.ready(from)
    },
  }

  function heard(frame: Uint8Array<ArrayBuffer>): void {
    if (closed) return
    try {
      if (!sealed) {
        greeted(JSON.parse(new TextDecoder().decode(frame)) as Greeting, end)
        return
      }
      const plain = sealed.into.open(frame)
      if (!plain) {
        over('a frame does not open')
        return
      }
      const { says, body } = decode(plain)
      events.heard(says as Hears, body)
    } catch (error) {
      over(error instanceof Error ? error.message : 'a frame cannot be read')
    }
  }

  const unframe = createUnframer(() => (sealed ? MOST_FRAME_BYTES : FIRST_FRAMES_BYTES), heard)
  const hears: PipeHears = {
    bytes(bytes) {
      if (!closed && !unframe(bytes)) over('a frame is too long')
    },
    closed: () => over(null),
  }

  return {
    hears,
    attach: (given: Pipe) => void (pipe = given),
    greet: end.greet,
    send(says: EdgeSays | OriginSays, body?: readonly Uint8Array[]) {
      if (!closed && sealed) pipe?.write(framed(sealed.out.seal(encode(says, body))))
    },
    buffered: () => pipe?.buffered() ?? 0,
    close: () => over(null),
  }
}
