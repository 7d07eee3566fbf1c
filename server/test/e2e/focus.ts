// Hands off the mouse: reaches a control as somebody does who has only a keyboard, and sees where the focus is.
import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'

/** Presses Tab until `target` has the focus; every stop on the way must show that it has it. */
export async function tabTo(page: Page, target: Locator, most = 30, key: 'Tab' | 'Shift+Tab' = 'Tab') {
  const passed: string[] = []
  for (let presses = 0; presses <= most; presses++) {
    if ((await target.count()) === 1 && (await hasFocus(target))) return
    await page.keyboard.press(key)
    const stop = await page.evaluate(focusShown)
    passed.push(stop.name)
    expect(stop.shown, `the focus on "${stop.name}" is visible`).toBe(true)
  }
  throw new Error(`${String(target)} is not among the next ${most} stops: ${passed.join(' > ')}`)
}

export const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === document.activeElement)

/** Runs in the page. The ring may be on what surrounds the control: a card, a row. */
function focusShown(): { name: string; shown: boolean } {
  const active = document.activeElement
  // Past the last control the browser's own bar would come.
  if (!active || active === document.body) return { name: 'the end of the page', shown: true }
  const ringed = (element: Element | null): boolean => {
    if (!element) return false
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow.includes('0px 0px 0px')
  }
  const { top, bottom, left, right } = active.getBoundingClientRect()
  const onScreen = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth
  const name = active.getAttribute('aria-label') ?? active.textContent.trim().slice(0, 40)
  return { name, shown: onScreen && [active, active.parentElement, active.closest('li')].some(ringed) }
}
