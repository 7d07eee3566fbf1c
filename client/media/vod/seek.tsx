// The bar that shows where one is, what is loaded, and, under a pointer, what the picture there looks like.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { clockText } from '../../ui/time.ts'
import type { Stretch } from './deck.ts'
import { thumbAt, type Thumb } from './vtt.ts'

type SeekProps = {
  span: Stretch
  position: number
  buffered: readonly Stretch[]
  thumbs: readonly Thumb[]
  /** What a place is called: how far in, or how long ago. */
  says: (at: number) => string
  onSeek: (at: number) => void
}

export function Seek({ span, position, buffered, thumbs, says, onSeek }: SeekProps) {
  /** Where a finger drags it to; the picture follows when it lets go. */
  const [dragged, setDragged] = useState<number | null>(null)
  const [hover, setHover] = useState<number | null>(null)
  const length = Math.max(1, span.to - span.from)
  const at = dragged ?? position
  const looked = dragged ?? hover
  const share = (ms: number) => `${Math.min(100, Math.max(0, ((ms - span.from) / length) * 100))}%`
  const onPointerMove = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const of = Math.min(1, Math.max(0, (event.clientX - left) / width))
    setHover(event.pointerType === 'mouse' ? span.from + of * length : null)
  }
  return (
    <div class="seek" onPointerMove={onPointerMove} onPointerLeave={() => setHover(null)}>
      <div class="seek-track" aria-hidden="true">
        {buffered.map(({ from, to }, i) => (
          <span
            key={i}
            class="seek-part seek-buffered"
            style={{ left: share(from), right: `calc(100% - ${share(to)})` }}
          />
        ))}
        <span class="seek-part seek-done" style={{ right: `calc(100% - ${share(at)})` }} />
        <span class="seek-knob" style={{ left: share(at) }} />
      </div>
      <input
        type="range"
        class="seek-input"
        aria-label="Seek"
        aria-valuetext={says(at)}
        min={span.from}
        max={Math.max(span.from + 1, span.to)}
        step="any"
        value={at}
        onInput={(event) => setDragged(event.currentTarget.valueAsNumber)}
        onChange={(event) => {
          onSeek(event.currentTarget.valueAsNumber)
          setDragged(null)
        }}
      />
      {looked !== null && (
        <div class="seek-look" style={{ left: `clamp(5.25rem, ${share(looked)}, calc(100% - 5.25rem))` }}>
          <Look thumb={thumbAt(thumbs, (looked - span.from) / 1000)}>{says(looked)}</Look>
        </div>
      )}
    </div>
  )
}

function Look({ thumb, children }: { thumb: Thumb | undefined; children: ComponentChildren }) {
  return (
    <>
      {thumb && (
        <span class="seek-thumb">
          {thumb.part ? (
            <img
              alt=""
              src={thumb.url}
              class="seek-sheet"
              style={{ transform: `translate(${-thumb.part.x}px, ${-thumb.part.y}px)` }}
            />
          ) : (
            <img alt="" src={thumb.url} />
          )}
        </span>
      )}
      <span class="seek-time">{children}</span>
    </>
  )
}

export const placeText = (at: number, total: number): string => `${clockText(at)} of ${clockText(total)}`
