// Video that somebody else carries: what its two remembered facts make of a show. They are kept so that the order in
// which they become known does not matter, and so does what follows from them.
import type { VideoState } from '../../shared/media.ts'
import type { StreamState } from '../../shared/protocol/index.ts'

/** `newest`: what was said last, by the clock of who said it. `activeAt`: when its picture was playable last. */
export type Hosted = {
  newest: 'none' | 'connected' | 'active' | 'disconnected' | 'idle'
  activeAt: number | null
}

/** An encoder that came and went without a picture leaves no show behind: the next one may begin it. */
export function hostedState({ newest, activeAt }: Hosted): VideoState {
  switch (newest) {
    case 'none':
      return 'idle'
    case 'active':
      return 'live'
    case 'connected':
    case 'disconnected':
      return activeAt === null ? 'connecting' : 'reconnecting'
    case 'idle':
      return activeAt === null ? 'idle' : 'ended'
  }
}

/** What the room has not been told yet, in the order it is told. A show whose beginning became known after its end
 * has both. */
export function untold(hosted: Hosted, told: StreamState): ('live' | 'ended')[] {
  const due: ('live' | 'ended')[] = []
  if (told === 'scheduled' && hosted.activeAt !== null) due.push('live')
  if (told !== 'ended' && hostedState(hosted) === 'ended') due.push('ended')
  return due
}
