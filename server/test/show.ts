// A host with a stream, and viewers: the opening scene of most system tests.
import type { Me } from '../../shared/api/identity.ts'
import type { StreamCard } from '../../shared/api/streams.ts'
import { createPerson, type Person } from './client.ts'
import type { ServerProcess } from './server-process.ts'

export type Show = { host: Person; stream: StreamCard }

export async function openShow(server: ServerProcess, title = 'Opening night'): Promise<Show> {
  if (server.loginLink === undefined) throw new Error('the server printed no login link')
  const host = createPerson(server.url)
  await host.enter(server.loginLink)
  const stream = await host.call<StreamCard>('POST', '/api/streams', { title })
  return { host, stream }
}

export async function guest(server: ServerProcess, name: string): Promise<Person & { id: string }> {
  const person = createPerson(server.url)
  const me = await person.call<Me>('POST', '/api/guest', { name })
  return { ...person, id: me.principal?.id ?? '' }
}
