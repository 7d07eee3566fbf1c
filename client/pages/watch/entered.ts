// Whether a stream is closed still, or again, to somebody who has just given what its gate asks for: the host may have
// changed the gate at that very moment.
import { useRef, useState } from 'preact/hooks'
import type { ClosedStream } from '../../../shared/api/gates.ts'

/** `closed`: another object with each answer that refuses. `taken`: call it when the gate took what was given, before
 * the stream is asked for again. */
export function useEntered(closed: ClosedStream): { shut: boolean; taken: () => void; again: () => void } {
  const latest = useRef(closed)
  latest.current = closed
  const [before, setBefore] = useState<ClosedStream | null>(null)
  return {
    shut: before !== null && before !== closed,
    taken: () => setBefore(latest.current),
    again: () => setBefore(null),
  }
}
