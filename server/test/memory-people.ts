// People in memory, with the refusals of the port: for tests of the web side alone.
import { createTables, revoke } from '../adapters/memory/tables.ts'
import type { PersonRow, Tables } from '../adapters/memory/tables.ts'
import type { NewAccount, People, Principal } from '../app/ports.ts'
import { deny, ok } from '../../shared/protocol/index.ts'

type Token = { principal: string; expiresAt: number; used: boolean; canHost: boolean }

export function memoryPeople(
  tables: Tables = createTables(),
  now: () => number = Date.now,
): People & { sessionCount(): number } {
  const { people, sessions } = tables
  const links = new Map<string, Token>()
  const invites = new Map<string, Token>()

  const byEmail = (email: string) => [...people.values()].find((person) => person.email === email)
  function seen(person: PersonRow): Principal {
    const { id, kind, name, canHost, email, passwordHash } = person
    return { id, kind, name, canHost, email, hasPassword: passwordHash !== null }
  }
  function endSessions(principal: string, except: string | null) {
    const ended = [...sessions].filter(([id, its]) => its.principal === principal && id !== except)
    for (const [id] of ended) sessions.delete(id)
    if (ended.length > 0) revoke(tables, principal, { kind: 'session', except })
  }
  function redeem(tokens: Map<string, Token>, hash: string, now: number): Token | null {
    const token = tokens.get(hash)
    if (!token || token.used || token.expiresAt <= now) return null
    token.used = true
    return token
  }

  return {
    find: (id) => Promise.resolve(people.has(id) ? seen(people.get(id)!) : null),
    createGuest({ id, name }) {
      const nothing = { canHost: false, email: null, passwordHash: null, hasPassword: false }
      people.set(id, { id, name, kind: 'guest', createdAt: now(), ...nothing })
      return Promise.resolve()
    },
    createAccount({ id, name, email, passwordHash, canHost, inviteHash, now: at }: NewAccount) {
      if (email !== null && byEmail(email)) return Promise.resolve(deny('email_taken', { field: 'email' }))
      const invite = inviteHash === undefined ? null : redeem(invites, inviteHash, at)
      if (inviteHash !== undefined && !invite) return Promise.resolve(deny('invite_needed'))
      const may = invite?.canHost ?? canHost
      const hasPassword = passwordHash !== null
      const secret = { email, passwordHash, hasPassword }
      const person: PersonRow = { id, kind: 'account', name, ...secret, canHost: may, createdAt: now() }
      people.set(id, person)
      endSessions(id, null)
      return Promise.resolve(ok(seen(person)))
    },
    credentials(email) {
      const person = byEmail(email)
      return Promise.resolve(person ? { id: person.id, passwordHash: person.passwordHash } : null)
    },
    passwordHash: (id) => Promise.resolve(people.get(id)?.passwordHash ?? null),
    update(id, { keepSession = null, ...change }) {
      const person = people.get(id)
      if (!person) return Promise.resolve(deny('not_found'))
      const holder = change.email === undefined ? undefined : byEmail(change.email)
      if (holder && holder.id !== id) return Promise.resolve(deny('email_taken', { field: 'email' }))
      if (change.passwordHash !== undefined) endSessions(id, keepSession)
      return Promise.resolve(ok(seen(Object.assign(person, change))))
    },
    createFirstHost({ id, name }) {
      if ([...people.values()].some((person) => person.canHost)) return Promise.resolve(false)
      const none = { email: null, passwordHash: null, hasPassword: false }
      people.set(id, { id, kind: 'account', name, canHost: true, ...none })
      return Promise.resolve(true)
    },
    unclaimedHost() {
      const host = [...people.values()].find((person) => person.canHost && person.passwordHash === null)
      return Promise.resolve(host?.id ?? null)
    },
    createSession({ id, principal, expiresAt }) {
      sessions.set(id, { principal, expiresAt })
      return Promise.resolve()
    },
    sessionPrincipal(id, now) {
      const session = sessions.get(id)
      const person = session && session.expiresAt > now ? people.get(session.principal) : undefined
      return Promise.resolve(person ? seen(person) : null)
    },
    endSession(id) {
      const session = sessions.get(id)
      if (session) revoke(tables, session.principal, { kind: 'session', session: id })
      sessions.delete(id)
      return Promise.resolve()
    },
    endSessions(principal, except) {
      endSessions(principal, except ?? null)
      return Promise.resolve()
    },
    createLoginLink({ tokenHash, principal, expiresAt }) {
      links.set(tokenHash, { principal, expiresAt, used: false, canHost: false })
      return Promise.resolve()
    },
    redeemLoginLink: (hash, now) => Promise.resolve(redeem(links, hash, now)?.principal ?? null),
    createInvite({ tokenHash, by, canHost, expiresAt }) {
      invites.set(tokenHash, { principal: by, expiresAt, used: false, canHost })
      return Promise.resolve()
    },
    sessionCount: () => sessions.size,
  }
}
