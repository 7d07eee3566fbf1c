// The stream that is tested: somebody who may host makes it, and deletes it with all that was said in it.
import { randomBytes } from 'node:crypto'
import type { StreamCard } from '../shared/api/streams.ts'
import { createVisitor, Stopped, type Visitor } from './door.ts'
import type { Seat } from './k6/lines.ts'

type Env = Readonly<Record<string, string | undefined>>

/** By the link, or LOADTEST_EMAIL and LOADTEST_PASSWORD. */
export async function signInHost(url: string, link: string | undefined, env: Env): Promise<Visitor> {
  const visitor = createVisitor(url)
  const { LOADTEST_EMAIL: email, LOADTEST_PASSWORD: password } = env
  if (link !== undefined) await visitor.enter(link)
  else if (email !== undefined && password !== undefined) await visitor.signIn(email, password)
  else
    throw new Stopped(
      'a host must make the stream: give --link with a one-time login link, or set LOADTEST_EMAIL and ' +
        'LOADTEST_PASSWORD of an account that may host',
    )
  const { principal } = await visitor.me()
  if (!principal?.canHost) throw new Stopped('this login may not host streams: use that of a host')
  return visitor
}

export async function makeStage(host: Visitor): Promise<{ slug: string; remove: () => Promise<void> }> {
  const slug = `load-test-${randomBytes(4).toString('hex')}`
  await host.call<StreamCard>('POST', '/api/streams', { title: 'Load test', slug })
  return { slug, remove: () => host.call('DELETE', `/api/streams/${slug}`, {}) }
}

export async function hostSeat(host: Visitor, slug: string): Promise<Seat> {
  const { pass, person } = await host.pass(slug)
  return { index: -1, url: host.url, name: person.name, principal: person.id, cookie: host.cookie(), pass }
}
