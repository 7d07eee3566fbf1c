// Every place of the web side where chat can be read, as one person or a stranger asks for it.
import type { Findings, Named } from './findings.ts'
import type { Visitor } from './visitor.ts'

export type Where = {
  slug: string
  /** A slug and an id that nobody has. */
  nothing: { slug: string; id: string }
  /** Somebody who wrote to the host, and what they wrote. */
  victim: string
  word: string
}

const ASSETS = ['/', '/studio', '/account', '/sign-in', '/healthz', '/readyz', '/metrics', '/robots.txt']

/** Addresses that anybody can try. The exports of the host are the host's alone, so they are probed by everybody
 * else. */
export function addresses({ slug, victim, word }: Where): string[] {
  const stream = `/api/streams/${slug}`
  return [
    ...ASSETS,
    `/watch/${slug}`,
    `/studio/${slug}`,
    `/overlay/${slug}`,
    '/api/me',
    '/api/streams',
    stream,
    `${stream}/messages`,
    `${stream}/messages?limit=100&before=1000000`,
    `${stream}/replay`,
    `${stream}/replay?from=0&to=999999999`,
    `${stream}/search?q=${word}`,
    `${stream}/search?q=private`,
    `${stream}/people/${victim}`,
    `${stream}/team`,
    `${stream}/export/public`,
    `${stream}/export/private`,
    `${stream}/export/audit`,
    `${stream}/thread/${victim}`,
    `${stream}/inbox`,
    '/api/me/export',
    `/hls/${slug}/main.m3u8`,
  ]
}

export async function probe(findings: Findings, by: Visitor, who: Named | null, where: Where): Promise<void> {
  for (const path of addresses(where)) {
    const { status, headers, body } = await by.ask('GET', path)
    findings.inspect('answers over HTTP', who, `${status}\n${headers}\n${body}`)
  }
}

/** What is not yours must answer exactly like what is not there. */
export async function probeAbsence(
  findings: Findings,
  by: Visitor,
  who: Named | null,
  where: Where,
): Promise<void> {
  const { slug, nothing, victim } = where
  const pairs = [
    [`/api/streams/${slug}/people/${victim}`, `/api/streams/${slug}/people/${nothing.id}`],
    [`/api/streams/${slug}/export/private`, `/api/streams/${nothing.slug}/export/private`],
    [`/api/streams/${slug}/export/public`, `/api/streams/${nothing.slug}/export/public`],
    [`/api/streams/${slug}/team`, `/api/streams/${nothing.slug}/team`],
  ] as const
  for (const [real, random] of pairs) {
    const answers = [await by.ask('GET', real), await by.ask('GET', random)]
    const [a = '', b = ''] = answers.map(({ status, headers, body }) => `${status}\n${headers}\n${body}`)
    findings.same('pairs of answers about what is not yours and what is not there', who, a, b)
  }
}
