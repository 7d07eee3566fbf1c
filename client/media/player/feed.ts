// The push feed: keeps one `/push` socket watching, through lost lines, expired passes and silence, and hands
// on what it hears. Knows nothing of pictures.
import type { Layer, PushHears, PushSays, VideoState } from '../../../shared/media.ts'
import { ERRORS } from '../../../shared/protocol/errors.ts'
import { PassRefused, type PassSource } from '../../pass.ts'
import { afterClose, type Closed } from '../backoff.ts'
import type { Clock } from '../../clock.ts'
import type { OpenWire, Wire } from '../wire.ts'
import type { Init } from './timeline.ts'

/** `refused` is for good (banned, no such stream); `unreachable` means several tries in a row said nothing. */
export type FeedEnd = 'refused' | 'unreachable'
export type FeedEvents = {
  init(init: Init): void
  chunk(bytes: ArrayBuffer): void
  state(state: VideoState): void
  /** The sizes there are, and the one that is sent from the next `init` on. */
  layers(layers: readonly Layer[], playing: Layer): void
  /** Cut from outside, by this code, or given up because it was silent: null. */
  cut(code: number | null): void
  /** The line is cut and will be tried again. */
  lost(): void
  gaveUp(why: FeedEnd): void
}
export type Feed = {
  start(): void
  stop(): void
  restart(): void
  /** Behind what is on its way already; a new line has the layer from its beginning. */
  ask(layer: Layer): void
  reportLatency(ms: number): void
}

/** A live stream sends several chunks a second: this long without one means a dead line. */
const SILENCE_MS = 4_000
/** Tries without a word before another way of playing is worth a try. */
const TRIES = 3

export function createFeed(deps: {
  url: string
  passes: PassSource
  /** Asked for each line anew. */
  layer(): Layer
  open: OpenWire
  clock: Clock
  fraction(): number
  on: FeedEvents
}): Feed {
  const { clock, on } = deps
  let wire: Wire<PushSays> | null = null
  let attempt = 0
  let live = false
  let answered = false
  let running = false
  let cancelRetry = (): void => undefined
  let cancelSilence = (): void => undefined

  function connect(): void {
    cancelRetry()
    // The socket opens while the pass is fetched; whichever comes last sends `watch`.
    const pass = deps.passes.get()
    const mine = deps.open<PushSays, PushHears>(deps.url, {
      opened() {
        pass.then(
          (got) => {
            if (wire !== mine) return
            const layer = deps.layer()
            mine.say({ t: 'watch', pass: got.pass, ...(layer === 'main' ? {} : { layer }) })
          },
          (error: unknown) => {
            if (wire === mine) lose({ code: isFinal(error) ? 4403 : 1006, reason: '' })
          },
        )
      },
      heard,
      bytes(data) {
        heardSomething()
        on.chunk(data)
      },
      closed(closed) {
        on.cut(closed.code)
        lose(closed)
      },
    })
    pass.catch(() => undefined)
    answered = false
    wire = mine
    listen()
  }

  function heard(message: PushHears): void {
    heardSomething()
    switch (message.t) {
      case 'init':
        live = true
        listen()
        on.init(message)
        return
      case 'layers':
        on.layers(message.layers, message.playing)
        return
      case 'state':
        live = message.state === 'live'
        listen()
        on.state(message.state)
        return
    }
  }

  function heardSomething(): void {
    attempt = 0
    answered = true
    listen()
  }

  /** While something must come (an answer to `watch`, chunks of a live stream) silence is a dead line. */
  function listen(): void {
    cancelSilence()
    if (!live && answered) return
    cancelSilence = clock.after(SILENCE_MS, () => {
      on.cut(null)
      lose({ code: 1006, reason: '' })
    })
  }

  function lose(closed: Closed): void {
    drop()
    attempt += 1
    const next = afterClose(closed, attempt, deps.fraction())
    if (!next.retry) {
      end('refused')
      return
    }
    if (attempt > TRIES) {
      end('unreachable')
      return
    }
    on.lost()
    if (next.newPass) deps.passes.drop()
    cancelRetry = clock.after(next.afterMs, connect)
  }

  function drop(): void {
    cancelSilence()
    cancelRetry()
    wire?.close()
    wire = null
  }

  function end(why: FeedEnd): void {
    running = false
    on.gaveUp(why)
  }

  return {
    start() {
      if (running) return
      running = true
      attempt = 0
      connect()
    },
    stop() {
      running = false
      live = false
      drop()
    },
    /** At once, without a wait: the network is back, or the picture must start over. */
    restart() {
      if (!running) return
      drop()
      attempt = 0
      connect()
    },
    ask: (layer) => wire?.say({ t: 'layer', layer }),
    reportLatency(ms) {
      wire?.say({ t: 'latency', ms })
    },
  }
}

/** A pass nobody will be given by asking again. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof PassRefused)) return false
  const { code } = error.denial
  return code !== 'offline' && ERRORS[code].retry === 'never'
}
