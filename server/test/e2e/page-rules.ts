// What every page holds in whatever state it is: axe finds nothing by day and by night, nothing is wider than the
// screen, a finger hits every control, and the console stays silent.
import type { Page } from 'playwright-core'
import { axe, type Screen } from './browser.ts'

/** Everything that is wrong with what the page shows now; empty is good. Leaves the page in its dark dress. */
export async function faults(page: Page): Promise<string[]> {
  const found: string[] = []
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate(dress, theme)
    found.push(...(await axe(page)).map((fault) => `${theme}: ${fault}`))
  }
  return [...found, ...(await page.evaluate(tooWide)), ...(await page.evaluate(smallTargets))]
}

/** Runs in the page. As its own switch does it, and then until it is painted: a colour halfway through its
 * transition is nobody's choice. From the top, where the header lies over nothing. */
async function dress(theme: 'light' | 'dark'): Promise<void> {
  document.documentElement.dataset['theme'] = theme
  scrollTo(0, 0)
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  await frame()
  await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)))
  await frame()
}

function tooWide(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement
  return scrollWidth > clientWidth ? [`scrolls sideways: ${scrollWidth} px in ${clientWidth} px`] : []
}

/** Runs in the page. Controls smaller than 44 px; links inside a text are as high as its lines. */
function smallTargets(): string[] {
  const controls = 'button, a, input, select, textarea, summary, [role=tab]'
  const seen = { opacityProperty: true, visibilityProperty: true }
  return [...document.querySelectorAll<HTMLElement>(controls)].flatMap((control) => {
    if (!control.checkVisibility(seen)) return []
    if (control.matches('a') && getComputedStyle(control).display === 'inline') return []
    // Pressing the words of a check box ticks it.
    const { width, height, bottom } = (control.closest('label') ?? control).getBoundingClientRect()
    // The skip link waits above the page until it has the focus.
    if (bottom <= 0 || (width >= 43.5 && height >= 43.5)) return []
    const name = control.getAttribute('aria-label') ?? control.textContent.trim()
    return [`${control.tagName.toLowerCase()} "${name}" is ${Math.round(width)} x ${Math.round(height)} px`]
  })
}

/** Collects errors and warnings of a screen's console (a refused script or style is one) into its `errors`.
 * A status that the test provokes is no news: `expected` names those. */
export function listen(screen: Screen, expected: RegExp): void {
  screen.page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    const line = `${message.text()} (${message.location().url})`
    if (!expected.test(line)) screen.errors.push(line)
  })
}
