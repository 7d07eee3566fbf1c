// The part of the screen that is really free. Chromium shrinks the layout for the keyboard by the viewport
// meta; Safari slides the page under it instead and tells only the visual viewport.
import { useEffect } from 'preact/hooks'

export function useVisualViewport(): void {
  useEffect(() => {
    const viewport = window.visualViewport
    if (!viewport) return
    const root = document.documentElement
    const fit = () => {
      // A pinch zoom shrinks the visual viewport too, and must not squeeze the page.
      if (viewport.scale > 1.01) return
      root.style.setProperty('--viewport-height', `${viewport.height}px`)
      root.style.setProperty('--viewport-top', `${viewport.offsetTop}px`)
    }
    fit()
    viewport.addEventListener('resize', fit)
    viewport.addEventListener('scroll', fit)
    return () => {
      viewport.removeEventListener('resize', fit)
      viewport.removeEventListener('scroll', fit)
      root.style.removeProperty('--viewport-height')
      root.style.removeProperty('--viewport-top')
    }
  }, [])
}
