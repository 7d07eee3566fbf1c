// Where a message list stands: at its newest line and following, or held where its reader looks.
import type { RefObject } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Closer to the end than this counts as being there: a thumb is not exact. */
const NEAR_END_PX = 48
/** History is asked for before its edge is reached. */
const NEAR_TOP_PX = 240

type ScrollDeps = {
  onLookBack: (on: boolean) => void
  onTop: () => void
  hasOlder: boolean
  /** Newest seq in the list. */
  newest: number
}

export type Scroll = {
  box: RefObject<HTMLDivElement | null>
  /** Scrolled up: new lines do not move what is read. */
  away: boolean
  /** The newest seq when the reader scrolled up; Infinity while following. */
  leftAt: number
  onScroll: () => void
  toEnd: () => void
}

export function useScroll({ onLookBack, onTop, hasOlder, newest }: ScrollDeps): Scroll {
  const box = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  /** The first line on the screen and how far below the top edge it stands. */
  const anchor = useRef<{ row: HTMLElement; top: number } | null>(null)
  /** As of the last look: a scroll event that comes with another size is the layout's, not the reader's. */
  const size = useRef({ inner: 0, outer: 0 })
  const [leftAt, setLeftAt] = useState(Infinity)

  const toLast = useCallback(() => {
    const scroller = box.current
    if (!scroller) return
    scroller.scrollTop = scroller.scrollHeight
    size.current = { inner: scroller.scrollHeight, outer: scroller.clientHeight }
  }, [])

  const remember = useCallback(() => {
    const scroller = box.current
    if (!scroller || following.current) return
    const edge = scroller.getBoundingClientRect().top
    anchor.current = null
    for (const row of scroller.querySelectorAll<HTMLElement>('[data-key]')) {
      const top = row.getBoundingClientRect().top - edge
      if (top < 0) continue
      anchor.current = { row, top }
      break
    }
  }, [])

  const onScroll = useCallback(() => {
    const scroller = box.current
    if (!scroller) return
    const { inner, outer } = size.current
    if (following.current && (inner !== scroller.scrollHeight || outer !== scroller.clientHeight)) {
      toLast()
      return
    }
    const end = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight
    const follows = end < NEAR_END_PX
    if (follows !== following.current) {
      following.current = follows
      setLeftAt(follows ? Infinity : newest)
      onLookBack(!follows)
    }
    remember()
    if (hasOlder && scroller.scrollTop < NEAR_TOP_PX) onTop()
  }, [newest, hasOlder, onTop, onLookBack, remember, toLast])

  const toEnd = useCallback(() => {
    if (!following.current) onLookBack(false)
    following.current = true
    setLeftAt(Infinity)
    toLast()
  }, [onLookBack, toLast])

  // After every render: lines may have come below, above, or changed their height.
  useLayoutEffect(() => {
    const scroller = box.current
    if (!scroller) return
    const held = anchor.current
    if (following.current) toLast()
    else if (held?.row.isConnected) {
      const top = held.row.getBoundingClientRect().top - scroller.getBoundingClientRect().top
      scroller.scrollTop += top - held.top
    }
    remember()
  })

  // A short page leaves room: fill it, as nobody can scroll up there.
  useEffect(() => {
    const scroller = box.current
    if (hasOlder && scroller && scroller.scrollHeight <= scroller.clientHeight + NEAR_TOP_PX) onTop()
  })

  // The keyboard, a growing composer or a turned phone change the height without a render.
  useEffect(() => {
    const scroller = box.current
    if (!scroller) return
    const watcher = new ResizeObserver(() => {
      if (following.current) toLast()
    })
    watcher.observe(scroller)
    return () => {
      watcher.disconnect()
      if (!following.current) onLookBack(false)
    }
  }, [onLookBack, toLast])

  return { box, away: leftAt !== Infinity, leftAt, onScroll, toEnd }
}

/** Another stretch of the log, further on: nothing is left of the place that its reader held. */
export function useReplaced(from: number | undefined, newest: number, toEnd: () => void): void {
  const before = useRef(0)
  useLayoutEffect(() => {
    if (before.current > 0 && from !== undefined && from > before.current + 1) toEnd()
    before.current = newest
  })
}
