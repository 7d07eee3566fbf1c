// Where a show is sent on to: `rtmp(s)://host[:port]/app`, with the key apart.

export type Target = { host: string; port: number; secure: boolean; app: string; url: string }

const PORTS = { 'rtmp:': 1_935, 'rtmps:': 443 } as const

/** Null for anything else, or with a user, a query or a fragment in it. */
export function targetOf(url: string): Target | null {
  const [, scheme, rest] = /^(rtmps?:)\/\/([^\s]+)$/i.exec(url) ?? []
  if (scheme === undefined || rest === undefined) return null
  // Read as http: of a scheme that they do not know, parsers make little.
  const http = `http://${rest}`
  if (!URL.canParse(http)) return null
  const { hostname, port, pathname, username, password, search, hash } = new URL(http)
  const app = pathname.replace(/^\/+|\/+$/g, '')
  if (app === '' || username !== '' || password !== '' || search !== '' || hash !== '') return null
  const protocol = scheme.toLowerCase() as keyof typeof PORTS
  const given = /^(?:\[[^\]]*\]|[^/:]*):(\d+)/.exec(rest)?.[1] ?? port
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: given === '' ? PORTS[protocol] : Number(given),
    secure: protocol === 'rtmps:',
    app,
    url: `${protocol}//${rest.replace(/\/+$/, '')}`,
  }
}
