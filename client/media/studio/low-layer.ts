// The small picture of one broadcast: what the host wants, what the line and the device allow, and what is so.
import type { Clock } from '../../clock.ts'
import type { Layer } from '../../../shared/media.ts'
import { crowded, lowSecond, newLow, without, type Low, type LowWhy } from './low.ts'

export type LowState = {
  wanted: boolean
  /** Small pictures went out within the last second. */
  sending: boolean
  /** Why they do not, where something keeps them. */
  why: LowWhy | null
  /** The server's words, where it is the server. */
  says: string | null
}
export const LOW_OFF: LowState = { wanted: false, sending: false, why: null, says: null }
export type LowLayer = ReturnType<typeof createLowLayer>

export function createLowLayer(deps: {
  clock: Clock
  /** No small picture goes out from now on. */
  stopped(): void
  show(state: LowState): void
}) {
  const { clock } = deps
  let low: Low = newLow(clock.now())
  let state: LowState = LOW_OFF
  let refusal: string | null = null
  let made = { main: 0, low: 0 }
  let behind = Infinity

  function set(next: Low, sending: boolean): void {
    if (low.on && !next.on) deps.stopped()
    low = next
    const change: LowState = {
      wanted: state.wanted,
      sending: sending && low.on,
      why: state.wanted ? low.why : null,
      says: state.wanted && low.why === 'refused' ? refusal : null,
    }
    const same = change.sending === state.sending && change.why === state.why
    state = change
    if (!same) deps.show(state)
  }

  return {
    state: () => state,
    want(wanted: boolean): void {
      if (wanted === state.wanted) return
      state = { ...LOW_OFF, wanted }
      set(low.why === 'refused' ? low : newLow(clock.now()), false)
      deps.show(state)
    },
    /** Going live. */
    begin: () => set(newLow(clock.now()), false),
    /** Another picture or size: what was found out about the last one no longer counts. A small picture that is there
     * stays: its viewers would be moved away and back. */
    again(): void {
      if (low.why === 'refused') return
      const now = clock.now()
      set(low.on ? { ...low, since: now, slowFor: 0 } : newLow(now), state.sending)
    },
    /** Asked by the encoder at every frame. */
    wanted: () => state.wanted && low.on,
    /** Until the host goes live the next time. */
    refused(says: string): void {
      refusal = says
      set(without(low, 'refused', clock.now()), false)
    },
    off: (why: LowWhy) => set(without(low, why, clock.now()), false),
    congested: (layer: Layer) => set(crowded(low, layer, clock.now()), state.sending),
    /** A packet came out of the encoder of this layer. */
    made(layer: Layer): void {
      made[layer] += 1
    },
    inside(frames: number): void {
      behind = Math.min(behind, frames)
    },
    /** Once a second while live. `sent`: small pictures that went out since the last time. */
    second(seen: { fps: number; full: boolean; sent: number }): void {
      const second = { fps: seen.fps, full: seen.full, made, behind: Number.isFinite(behind) ? behind : 0 }
      made = { main: 0, low: 0 }
      behind = Infinity
      set(state.wanted ? lowSecond(low, second, clock.now()) : low, seen.sent > 0)
    },
  }
}
