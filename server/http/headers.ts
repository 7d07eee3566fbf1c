// Headers of every response: what a page of ours may load, and what others may do with it.
import type { MiddlewareHandler } from 'hono'
import type { HttpEnv } from './context.ts'

/** `mediaOrigin`: where media lies when it is not here. */
export function createHeaders(publicUrl: string, mediaOrigin: string | null): MiddlewareHandler<HttpEnv> {
  const secure = publicUrl.startsWith('https:')
  const socketOrigin = publicUrl.replace(/^http/, 'ws')
  const elsewhere = mediaOrigin === null ? '' : ` ${mediaOrigin}`
  const policy = [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'", // the studio encodes AAC in WebAssembly where the browser cannot
    `connect-src 'self' ${socketOrigin}${elsewhere}`, // older Safari does not count sockets among 'self'
    "img-src 'self' data: blob:",
    `media-src 'self' blob:${elsewhere}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  const headers = {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self), geolocation=()',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
  return async function securityHeaders(c, next) {
    await next()
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value)
  }
}
