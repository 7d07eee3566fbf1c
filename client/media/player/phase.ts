// What the viewer is told about the picture: one phase out of everything known, and its words.
import type { VideoState } from '../../../shared/media.ts'

export type Facts = {
  /** The host's side, as the server says. */
  host: VideoState
  /** This viewer's own line. */
  line: 'up' | 'lost'
  picture: 'none' | 'moving' | 'stalled'
  paused: boolean
  /** The browser wants a touch before it plays. */
  blocked: boolean
  fault: null | 'refused' | 'unsupported' | 'unreachable'
}
export type Phase =
  | 'waiting'
  | 'starting'
  | 'playing'
  | 'stalled'
  | 'paused'
  | 'blocked'
  | 'host_away'
  | 'line_lost'
  | 'ended'
  | 'refused'
  | 'unsupported'
  | 'unreachable'

/** Ordered: what is final first, then what the viewer did, then the host's side, then their own. */
export function phaseOf(facts: Facts): Phase {
  if (facts.host === 'ended') return 'ended'
  if (facts.fault) return facts.fault
  if (facts.paused) return 'paused'
  if (facts.host === 'idle' || facts.host === 'connecting') return 'waiting'
  if (facts.blocked) return 'blocked'
  if (facts.picture === 'moving') return 'playing'
  if (facts.host === 'reconnecting') return 'host_away'
  if (facts.line === 'lost') return 'line_lost'
  return facts.picture === 'none' ? 'starting' : 'stalled'
}

type Words = { title: string; more?: string; busy?: boolean }

/** Null: nothing lies over the picture. */
export const WORDS: Record<Phase, Words | null> = {
  waiting: { title: 'Waiting for the host', more: 'The picture starts here by itself.' },
  starting: { title: 'Starting', busy: true },
  playing: null,
  stalled: { title: 'Catching up', busy: true },
  paused: { title: 'Paused' },
  blocked: { title: 'Tap to play' },
  host_away: { title: 'The host’s connection dropped; hold on', busy: true },
  line_lost: { title: 'Reconnecting', more: 'Your connection dropped.', busy: true },
  ended: { title: 'The stream is over', more: 'Thanks for watching.' },
  refused: { title: 'You cannot watch this stream' },
  unsupported: {
    title: 'This browser cannot play the stream',
    more: 'Update it, or open this page in Chrome, Edge, Firefox or Safari.',
  },
  unreachable: { title: 'The video does not come through', more: 'Trying again in a moment.', busy: true },
}
