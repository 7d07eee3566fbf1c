// Every route of the server, behind one guard and one error door.
import { Hono } from 'hono'
import type { Log } from '../app/ports.ts'
import type { Fetch, StaticFiles } from '../app/web-ports.ts'
import { createErrorDoor, refuse } from './answers.ts'
import { chatRoutes, type ChatDeps } from './chat.ts'
import type { HttpEnv } from './context.ts'
import { erasingRoutes, type ErasingDeps } from './erasing.ts'
import { exportRoutes, type ExportDeps } from './exports.ts'
import { createGuard } from './guard.ts'
import { createHeaders } from './headers.ts'
import { healthRoutes } from './health.ts'
import { inviteRoutes } from './invites.ts'
import { mediaRoutes, type MediaDeps } from './media.ts'
import { meRoutes, type MeDeps } from './me.ts'
import { overlayRoutes, type OverlayDeps } from './overlay.ts'
import { pageRoutes } from './pages.ts'
import { recordingRoutes, type RecordingDeps } from './recordings.ts'
import { createSessionCookie } from './session-cookie.ts'
import { signInRoutes } from './sign-in.ts'
import { staffRoutes, type StaffDeps } from './staff.ts'
import { streamRoutes } from './streams.ts'
import { termsRoutes, type TermsDeps } from './terms.ts'

export type HttpDeps = Omit<MeDeps, 'cookie'> &
  Omit<Parameters<typeof streamRoutes>[0], 'cookie'> &
  Parameters<typeof inviteRoutes>[0] &
  Parameters<typeof healthRoutes>[0] &
  Omit<Parameters<typeof createSessionCookie>[0], 'publicUrl'> &
  MediaDeps &
  ChatDeps &
  TermsDeps &
  StaffDeps &
  ExportDeps &
  OverlayDeps &
  RecordingDeps &
  ErasingDeps & {
    files: StaticFiles
    publicUrl: string
    /** Where media lies when it is not here; null: it is. */
    mediaOrigin: string | null
    allowedOrigins: readonly string[]
    isUnavailable: (error: unknown) => boolean
    log: Log
  }

export function createHttp(deps: HttpDeps): { fetch: Fetch } {
  const cookie = createSessionCookie(deps)
  const app = new Hono<HttpEnv>()
  app.onError(createErrorDoor(deps))
  app.use(createHeaders(deps.publicUrl, deps.mediaOrigin))
  app.use(createGuard(deps.allowedOrigins))

  const api = new Hono<HttpEnv>()
  api.use(cookie.who)
  api.use(async function neverCached(c, next) {
    await next()
    c.header('cache-control', 'no-store')
  })
  api.route('/', meRoutes({ ...deps, cookie }))
  api.route('/', signInRoutes({ ...deps, cookie }))
  api.route('/', inviteRoutes(deps))
  api.route('/', streamRoutes({ ...deps, cookie }))
  api.route('/', chatRoutes(deps))
  api.route('/', termsRoutes(deps))
  api.route('/', staffRoutes(deps))
  api.route('/', exportRoutes(deps))
  api.route('/', overlayRoutes(deps))
  api.route('/', recordingRoutes(deps))
  api.route('/', erasingRoutes({ ...deps, cookie }))
  api.all('*', (c) => refuse(c, { code: 'not_found' }))

  app.route('/api', api)
  app.route('/hls', mediaRoutes({ ...deps, cookie }))
  app.route('/', healthRoutes(deps))
  app.route('/', pageRoutes(deps))
  app.notFound((c) => refuse(c, { code: 'not_found' }))

  return { fetch: async (request, { address }) => app.fetch(request, { address }) }
}
