// Addresses of the pages, spelled once.
export const paths = {
  home: '/',
  watch: (slug: string) => `/watch/${slug}`,
  studio: '/studio',
  golive: (slug: string) => `/studio/${slug}`,
  signIn: '/sign-in',
  signUp: '/sign-up',
  account: '/account',
} as const

/** The last part of the current address: the stream's slug on `/watch/:slug` and `/studio/:slug`. */
export function slugHere(pathname = location.pathname): string {
  try {
    return decodeURIComponent(pathname.split('/').filter(Boolean)[1] ?? '')
  } catch {
    return ''
  }
}

/** Sign in, then come back here. Only a path of this origin is ever put there. */
export function signInFrom(pathname = location.pathname): string {
  return `${paths.signIn}?next=${encodeURIComponent(pathname)}`
}

export function signUpFrom(pathname = location.pathname): string {
  return `${paths.signUp}?next=${encodeURIComponent(pathname)}`
}

/** Where `?next=` leads: a path of this origin, never another site. Browsers drop tabs and line feeds inside an
 * address, so that `/<tab>/evil.example` would leave; nothing but printable ASCII passes. */
export function nextHere(search = location.search): string | null {
  const next = new URLSearchParams(search).get('next')
  return next !== null && /^\/(?![/\\])[!-~]*$/.test(next) ? next : null
}
