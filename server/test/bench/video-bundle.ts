// Bundles the bench's browser code in memory and slips it under the server's own origin: sockets and REST are
// the real ones, and neither dist/ nor the server knows of it.
import { resolve } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { build, type Rolldown } from 'vite'

const root = resolve(import.meta.dirname, '../../..')
const ENTRY = 'video-page.js'

export async function bundlePage(): Promise<Map<string, string>> {
  const built = (await build({
    configFile: false,
    root,
    base: '/bench/',
    logLevel: 'error',
    build: {
      write: false,
      target: 'esnext',
      modulePreload: false,
      chunkSizeWarningLimit: 5_000,
      rolldownOptions: {
        input: resolve(import.meta.dirname, 'video-page.ts'),
        output: { entryFileNames: ENTRY },
      },
    },
  })) as Rolldown.RolldownOutput
  return new Map(
    built.output.flatMap((file) =>
      file.type === 'chunk' ? [[`/bench/${file.fileName}`, file.code] as const] : [],
    ),
  )
}

/** Opens a page of the server with the bench in it. The document must be the server's own: a made-up one is of
 * no known network to the browser, which then forbids it the loopback. */
export async function openBench(
  context: BrowserContext,
  url: string,
  files: Map<string, string>,
): Promise<Page> {
  await context.route('**/bench/**', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: files.get(new URL(route.request().url()).pathname) ?? '',
    }),
  )
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(error))
  await page.goto(`${url}/healthz`)
  await page.addScriptTag({ url: `/bench/${ENTRY}`, type: 'module' })
  await page.waitForFunction(() => 'bench' in window)
  return page
}
