// The `/push` socket of a player: a pass first, then the picture as it comes. A viewer who cannot keep up is
// closed by the transport at `maxBufferedBytes`, comes back by itself and begins at the newest group of
// pictures: late media is dropped by starting over, never by leaving holes.
import type { PrincipalId, StreamId } from '../../shared/ids.ts'
import type { Layer, PushHears, VideoState } from '../../shared/media.ts'
import { LIMITS } from '../../shared/protocol/limits.ts'
import type { CloseCode } from '../../shared/protocol/close.ts'
import { fullBucket, take, type Rate } from '../domain/rate.ts'
import type {
  Clock,
  Endpoint,
  Log,
  OpenSecondLook,
  PassClaims,
  Peer,
  Revocation,
  SocketSession,
  Tokens,
} from '../app/ports.ts'
import { closeCodeOf } from '../domain/revoked.ts'
import { mediaTopic, stateFrame, stateTopic } from './feed.ts'
import { parseSays } from './says.ts'
import type { Show } from './show.ts'

const MAX_FRAME_BYTES = 8_192
/** Six seconds of 2.5 Mbit/s. */
const MAX_BUFFERED_BYTES = 2_000_000
/** A pass is looked at once, and not every right that can end is revoked: so the right itself is looked up again
 * this often, from each join on. */
const LOOK_AGAIN_MS = 5 * 60_000
/** A latency report every 5 s. */
const TEXT_RATE: Rate = { burst: 10, everyMs: 1_000 }

type Deps = {
  clock: Clock
  log: Log
  tokens: Pick<Tokens, 'readPass'>
  mayWatch(claims: PassClaims): Promise<boolean>
  show(stream: StreamId): Show | undefined
  stateOf(stream: StreamId): VideoState
  /** Keeps the show coming from another node while somebody watches it here. Undefined when there are no others. */
  hold: ((stream: StreamId) => { ready: Promise<void>; release(): void }) | undefined
}
/** `settle`: gets the layer it asked for, if that is there. */
type Viewer = { claims: PassClaims; settle(): void; close(code: CloseCode): void }

/** Told of every right that ends. */
export type Revoked = {
  listen(listener: { revoked(revocation: Revocation): void; missed(): void }): () => void
}

export function createPush(deps: Deps & { revocations: Revoked; secondLook: OpenSecondLook }): {
  endpoint: Endpoint
  /** A layer of that stream came or went. */
  layers(stream: StreamId): void
  close(): void
} {
  const viewers = new Map<PrincipalId, Set<Viewer>>()
  const everybody = () => [...viewers.values()].flatMap((all) => [...all])
  const secondLook = deps.secondLook<Viewer>(async ({ claims }) =>
    (await deps.mayWatch(claims)) ? null : 4401,
  )
  const deafen = deps.revocations.listen({
    revoked(revocation) {
      const { principal } = revocation
      const unsure: Viewer[] = []
      for (const viewer of principal === null ? everybody() : [...(viewers.get(principal) ?? [])]) {
        const code = closeCodeOf(revocation, viewer.claims)
        // Every role may watch, but not for every role does the gate open by itself.
        if (code === 'look' || code === 4409) unsure.push(viewer)
        else if (code !== null) viewer.close(code)
      }
      secondLook.at(unsure)
    },
    // Whoever still may is back in a moment.
    missed() {
      for (const viewer of everybody()) viewer.close(4401)
    },
  })
  return {
    endpoint: {
      path: '/push',
      maxFrameBytes: MAX_FRAME_BYTES,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      open: (peer) => createSession(deps, viewers, peer),
    },
    layers(stream) {
      for (const viewer of everybody()) if (viewer.claims.stream === stream) viewer.settle()
    },
    close() {
      deafen()
      secondLook.stop()
    },
  }
}

function createSession(deps: Deps, viewers: Map<PrincipalId, Set<Viewer>>, peer: Peer): SocketSession {
  const { clock } = deps
  let phase: 'new' | 'checking' | 'watching' | 'closed' = 'new'
  let viewer: Viewer | undefined
  let wants: Layer = 'main'
  let playing: Layer = 'main'
  let told = ''
  let bucket = fullBucket(TEXT_RATE, clock.now())
  let cancelLook: (() => void) | undefined
  let release: (() => void) | undefined
  const cancelHello = clock.after(LIMITS.helloMs, () => close(4401))

  const show = () => viewer && deps.show(viewer.claims.stream)
  const isClosed = () => phase === 'closed'

  function close(code: CloseCode): void {
    if (isClosed()) return
    leave()
    peer.close(code)
  }

  function leave(): void {
    phase = 'closed'
    cancelHello()
    cancelLook?.()
    release?.()
    if (!viewer) return
    show()?.feeds[playing].leave(peer)
    show()?.latency.forget(peer.id)
    const mine = viewers.get(viewer.claims.principal)
    mine?.delete(viewer)
    if (mine?.size === 0) viewers.delete(viewer.claims.principal)
  }

  async function watch(pass: string): Promise<void> {
    const claims = await deps.tokens.readPass(pass)
    if (isClosed()) return
    if (!claims || claims.expiresAt <= clock.now()) {
      close(4401)
      return
    }
    // Known before it is asked whether they may: a ban in between finds them.
    viewer = { claims, settle, close }
    viewers.set(claims.principal, (viewers.get(claims.principal) ?? new Set()).add(viewer))
    const may = await deps.mayWatch(claims)
    if (isClosed()) return
    // The client asks for a new pass then, and the answer to that says why not.
    if (!may) {
      close(4401)
      return
    }
    const held = deps.hold?.(claims.stream)
    release = held?.release
    await held?.ready
    if (isClosed()) return
    join(claims.stream)
    lookAgain(claims)
  }

  function lookAgain(claims: PassClaims): void {
    cancelLook = clock.after(LOOK_AGAIN_MS, () => {
      deps.mayWatch(claims).then(
        (may) => {
          if (isClosed()) return
          if (may) lookAgain(claims)
          else close(4401)
        },
        // The picture goes on while nobody can say that it must not.
        (error: unknown) => {
          deps.log.fault('/push watch', error)
          if (!isClosed()) lookAgain(claims)
        },
      )
    })
  }

  const layers = () => show()?.layers() ?? ['main']

  const wished = (): Layer => (layers().includes(wants) ? wants : 'main')

  function tellLayers(): void {
    const frame = JSON.stringify({ t: 'layers', layers: [...layers()], playing } satisfies PushHears)
    if (frame !== told) peer.send(frame)
    told = frame
  }

  /** Who cannot have what it asked for has main. In one tick, and told before: what was published of the layer that is
   * left goes out ahead of a frame that is sent. */
  function settle(): void {
    if (phase !== 'watching' || !viewer) return
    const before = playing
    playing = wished()
    tellLayers()
    if (playing === before) return
    show()?.feeds[before].leave(peer)
    peer.unsubscribe(mediaTopic(viewer.claims.stream, before))
    joinMedia(viewer.claims.stream)
  }

  function ask(layer: Layer): void {
    if (wants === layer) return
    wants = layer
    if (wished() !== playing) settle()
  }

  /** In one tick: the state and the picture so far, then everything that follows. */
  function join(stream: StreamId): void {
    phase = 'watching'
    peer.send(stateFrame(deps.stateOf(stream)))
    peer.subscribe(stateTopic(stream))
    playing = wished()
    tellLayers()
    joinMedia(stream)
  }

  function joinMedia(stream: StreamId): void {
    const there = deps.show(stream)
    if (there) there.feeds[playing].join(peer)
    else peer.subscribe(mediaTopic(stream, playing))
  }

  return {
    text(frame) {
      if (isClosed()) return
      const now = clock.now()
      const taken = take(bucket, TEXT_RATE, now)
      bucket = taken.bucket
      const says = parseSays(frame)
      if (taken.waitMs > 0) close(4429)
      else if (
        phase === 'new' &&
        says?.t === 'watch' &&
        typeof says.pass === 'string' &&
        isWish(says.layer)
      ) {
        phase = 'checking'
        cancelHello()
        wants = says.layer ?? 'main'
        watch(says.pass).catch((error: unknown) => {
          deps.log.fault('/push watch', error)
          close(4500)
        })
      } else if (phase === 'watching' && says?.t === 'latency') show()?.latency.report(peer.id, says.ms, now)
      else if (phase !== 'new' && says?.t === 'layer' && isLayer(says.layer)) ask(says.layer)
      else close(4400)
    },
    binary: () => close(4400),
    closed() {
      if (!isClosed()) leave()
    },
  }
}

const isLayer = (given: unknown): given is Layer => given === 'main' || given === 'low'
const isWish = (given: unknown): given is Layer | undefined => given === undefined || isLayer(given)
