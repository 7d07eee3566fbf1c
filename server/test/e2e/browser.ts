// Debian's Chromium with a fake camera, phones and desktops, and a record of every byte a page received.
import { existsSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, devices, type Browser, type BrowserContext, type Page } from 'playwright-core'

const executable = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Several pages of one browser share a screen nobody looks at; each must behave as if it were in front.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

export function chromiumMissing(): string | undefined {
  return existsSync(executable) ? undefined : `no ${executable} (apt-get install chromium)`
}

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: executable, args: FLAGS })

export type Screen = {
  context: BrowserContext
  page: Page
  /** All text the page got: documents, REST, socket frames. */ received: string[]
  errors: string[]
}

/** A fresh profile on a phone (390 px, touch) or a desktop. */
export async function openScreen(
  browser: Browser,
  kind: 'phone' | 'desktop',
  scheme: 'light' | 'dark' = 'light',
): Promise<Screen> {
  const phone = { ...devices['Pixel 7'], viewport: { width: 390, height: 844 } }
  const context = await browser.newContext({
    ...(kind === 'phone' ? phone : { viewport: { width: 1280, height: 800 } }),
    colorScheme: scheme,
    permissions: ['camera', 'microphone'],
  })
  // What takes longer is lost, not slow; a step fails where it stands.
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const received: string[] = []
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => typeof payload === 'string' && received.push(payload)),
  )
  page.on('response', (response) => {
    if (!/json|html/.test(response.headers()['content-type'] ?? '')) return
    // A body may be gone when its page has already moved on; then nobody read it either.
    response.text().then(
      (text) => received.push(text),
      () => undefined,
    )
  })
  return { context, page, received, errors }
}

/** WCAG 2.2 AA findings, one line each; empty is good. */
export async function axe(page: Page): Promise<string[]> {
  // No page of ours has frames: axe need not open a second page to put their results together (legacy mode). Nor
  // need it describe what is right: a page full of emoji is asked four times as fast, and the findings are the same.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  return violations.map(({ id, nodes }) => {
    const found = nodes.map(({ target, any }) => `${target.join(' ')} (${any[0]?.message ?? ''})`)
    return `${id}: ${found.join(', ')}`
  })
}

/** True when the picture is decoded and moves: two samples of the video a moment apart differ. */
export async function pictureMoves(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const video = document.querySelector('video')
    if (!video) return false
    const sample = () => {
      const canvas = document.createElement('canvas')
      canvas.width = 64
      canvas.height = 36
      const context = canvas.getContext('2d')
      context?.drawImage(video, 0, 0, 64, 36)
      return [...(context?.getImageData(0, 0, 64, 36).data ?? [])]
    }
    const nextFrame = () => new Promise<void>((resolve) => video.requestVideoFrameCallback(() => resolve()))
    await nextFrame()
    const before = sample()
    for (let i = 0; i < 15; i++) await nextFrame()
    const after = sample()
    const changed = before.filter((value, i) => Math.abs(value - (after[i] ?? 0)) > 8).length
    const lit = after.filter((value, i) => i % 4 !== 3 && value > 16).length
    return changed > 20 && lit > 200
  })
}
