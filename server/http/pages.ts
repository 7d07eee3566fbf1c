// The pages: documents, by a table of addresses, and the files they load.
import { Hono } from 'hono'
import type { StaticFile, StaticFiles } from '../app/web-ports.ts'
import { refuse } from './answers.ts'
import type { HttpContext, HttpEnv } from './context.ts'

const PAGES = {
  '/': 'home',
  '/watch/:slug': 'watch',
  '/studio': 'studio',
  '/studio/:slug': 'live',
  '/sign-in': 'sign-in',
  '/sign-up': 'sign-in',
  '/account': 'account',
  '/enter': 'enter',
  '/overlay/:slug': 'overlay',
} as const

/** What search engines may name, and who says so. A page that nobody can ask about is not named. */
export type PageDeps = { files: StaticFiles; mayIndex: (slug: string) => Promise<boolean> }

/** The build writes a hash of the content into these names. */
const FOREVER = 'public, max-age=31536000, immutable'
const ASK_FIRST = 'no-cache'

export function pageRoutes({ files, mayIndex }: PageDeps) {
  const app = new Hono<HttpEnv>()
  const find = (c: HttpContext, path: string) => files.get(path, c.req.header('accept-encoding') ?? '')

  for (const [path, page] of Object.entries(PAGES))
    app.get(path, async (c) => {
      if (page === 'watch' && !(await mayIndex(c.req.param('slug') ?? '').catch(() => false)))
        c.header('x-robots-tag', 'noindex')
      const file = find(c, `/${page}.html`)
      return file ? send(c, file, ASK_FIRST) : missing(c)
    })

  function missing(c: HttpContext): Response {
    const file = find(c, '/missing.html')
    return file ? send(c, file, ASK_FIRST, 404) : refuse(c, { code: 'not_found' })
  }

  app.get('*', (c) => {
    const { path } = c.req
    const file = path.endsWith('.html') ? null : find(c, path)
    return file ? send(c, file, path.startsWith('/assets/') ? FOREVER : ASK_FIRST) : missing(c)
  })
  return app
}

function send(c: HttpContext, file: StaticFile, cached: string, status: 200 | 404 = 200): Response {
  const { body, contentType, encoding, etag } = file
  c.header('cache-control', cached)
  c.header('etag', etag)
  c.header('vary', 'accept-encoding')
  if (status === 200 && matches(c.req.header('if-none-match'), etag)) return c.body(null, 304)
  c.header('content-type', contentType)
  c.header('content-length', String(body.byteLength))
  if (encoding !== null) c.header('content-encoding', encoding)
  return c.body(body, status)
}

const matches = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*') ?? false
