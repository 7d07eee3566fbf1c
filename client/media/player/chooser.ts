// Has the size of the picture that the viewer chose, or that the line carries: turns what is heard and measured
// into what is asked of the feed. The decision is rung.ts.
import type { Layer } from '../../../shared/media.ts'
import { every, type Clock } from '../../clock.ts'
import { arrived, begun, cut, newRung, stalled, ticked, uneasy, type Network, type Rung } from './rung.ts'

export type Choice = 'auto' | Layer
/** The smaller side of each picture in pixels, as far as it is known; 0 is not. */
export type Heights = Partial<Record<Layer, number>>
/** `slow`: not chosen and not asked for by the browser, but for want of a line. */
export type Quality = {
  layers: readonly Layer[]
  playing: Layer
  choice: Choice
  slow: boolean
  heights: Heights
  /** Of what is on the screen; 0: nothing yet. */
  shown: number
}

export type Chooser = {
  /** The layer to open a line with. */
  wanted(): Layer
  choose(choice: Choice): void
  /** What there is, and what is sent now. */
  heard(layers: readonly Layer[], playing: Layer, heights?: Heights): void
  /** What is shown now is so large. */
  sized(height: number): void
  /** Measured before this, nothing counts. */
  begun(): void
  chunk(lateMs: number): void
  stalled(): void
  /** The line is opened anew in any case. */
  cut(code: number | null): void
  stop(): void
}

const TICK_MS = 500

export function createChooser(deps: {
  clock: Clock
  choice: Choice
  network: Network
  /** False: nothing that is measured says anything of the line. */
  watched(): boolean
  /** Asks for another layer in front of what is on its way: by a new line. */
  restart(): void
  /** Asks for it behind that. */
  ask(layer: Layer): void
  /** The line carries less than it did. */
  narrow(): void
  show(quality: Quality): void
}): Chooser {
  const { clock } = deps
  let rung = newRung(clock.now(), deps.network)
  let { choice } = deps
  let layers: readonly Layer[] = ['main']
  let playing: Layer = 'main'
  let heights: Heights = {}
  let shown = 0
  let told = false

  const wanted = (): Layer => (choice === 'auto' ? rung.layer : choice)
  const show = (): void =>
    deps.show({
      layers,
      playing,
      choice,
      heights,
      shown,
      slow: choice === 'auto' && playing === 'low' && deps.network === 'fast' && deps.watched(),
    })

  /** Only where there is something to change to. True: another layer is wanted now. */
  function judged(next: (rung: Rung, now: number) => Rung): boolean {
    if (choice !== 'auto' || layers.length < 2 || !deps.watched()) return false
    const before = rung.layer
    rung = next(rung, clock.now())
    if (rung.layer === before) return false
    if (rung.layer === 'low') deps.narrow()
    return true
  }

  function measured(next: (rung: Rung, now: number) => Rung): void {
    if (!judged(next)) return
    // The pipe is full of what could not be shown in time; what is small comes in front of it only by another one.
    if (rung.layer === 'low') deps.restart()
    else deps.ask('main')
  }

  const stopTicking = every(clock, TICK_MS, () => measured(ticked))
  return {
    wanted,
    choose(next) {
      const before = wanted()
      // What a fixed choice makes of the line is not measured.
      const full = choice !== 'auto' || uneasy(rung)
      choice = next
      rung = begun(rung, clock.now())
      show()
      if (wanted() === before) return
      if (full && wanted() === 'low') deps.restart()
      else deps.ask(wanted())
    },
    heard(there, sent, high) {
      layers = there
      playing = sent
      told = high !== undefined
      if (high) heights = high
      show()
    },
    sized(height) {
      shown = height
      if (!told) heights = { ...heights, [playing]: height }
      show()
    },
    begun: () => void (rung = begun(rung, clock.now())),
    chunk: (lateMs) => measured((was, now) => arrived(was, lateMs, now)),
    stalled: () => measured(stalled),
    cut: (code) => void judged((was, now) => cut(was, code, now)),
    stop: stopTicking,
  }
}
