// The live picture, gone back in: up to half an hour, with the way back to live always in sight.
import { useMemo, useRef } from 'preact/hooks'
import { clockText } from '../../ui/time.ts'
import type { Picture } from '../picture.ts'
import { DeckBox } from './box.tsx'

type RewoundProps = {
  title: string
  /** The playlist that reaches back from the live edge. */
  dvr: string
  /** The moment to begin at, Unix ms on the server's clock. */
  from: number
  serverNow: () => number
  picture: Picture
  startMuted: boolean
  onMuted: (muted: boolean) => void
  onLive: () => void
}

export function Rewound(props: RewoundProps) {
  const { title, dvr, from, serverNow, picture, onLive } = props
  const clips = useMemo(() => [{ id: 'live', startedAt: 0, durationMs: 0, hls: dvr, expiresAt: null }], [dvr])
  const start = useRef(from)
  return (
    <DeckBox
      title={title}
      clips={clips}
      live
      picture={picture}
      renew={() => Promise.resolve(clips)}
      thumbs={[]}
      poster={null}
      startMuted={props.startMuted}
      onMuted={props.onMuted}
      says={(at, { to }) => `−${clockText(to - at)}`}
      onDeck={(deck) => {
        deck.toDate(start.current)
        deck.play()
      }}
      beside={({ deck }) => {
        const date = deck.date()
        const behind = date === null ? null : clockText(serverNow() - date)
        return (
          <button type="button" class="deck-live" onClick={onLive}>
            <span class="player-dot" aria-hidden="true" /> Back to live
            {behind !== null && (
              <span class="player-delay">
                −{behind}
                <span class="sr-only"> behind</span>
              </span>
            )}
          </button>
        )
      }}
    />
  )
}
