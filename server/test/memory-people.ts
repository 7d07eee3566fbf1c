// People in memory, with the refusals of the port: for tests of the web side alone.
import type { NewAccount, People, Principal } from '../app/ports.ts'
import { deny, ok } from '../../shared/protocol/index.ts'

type Person = Omit<Principal, 'hasPassword'> & { passwordHash: string | null }
type Token = { principal: string; expiresAt: number; used: boolean; canHost: boolean }

export function memoryPeople(): People & { sessionCount(): number } {
  const people = new Map<string, Person>()
  const sessions = new Map<string, { principal: string; expiresAt: number }>()
  const links = new Map<string, Token>()
  const invites = new Map<string, Token>()

  const byEmail = (email: string) => [...people.values()].find((person) => person.email === email)
  function seen(person: Person): Principal {
    const { passwordHash, ...rest } = person
    return { ...rest, hasPassword: passwordHash !== null }
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
      people.set(id, { id, name, kind: 'guest', canHost: false, email: null, passwordHash: null })
      return Promise.resolve()
    },
    createAccount({ id, name, email, passwordHash, canHost, inviteHash, now }: NewAccount) {
      if (email !== null && byEmail(email)) return Promise.resolve(deny('email_taken', { field: 'email' }))
      const invite = inviteHash === undefined ? null : redeem(invites, inviteHash, now)
      if (inviteHash !== undefined && !invite) return Promise.resolve(deny('invite_needed'))
      const may = invite?.canHost ?? canHost
      const person: Person = { id, kind: 'account', name, email, passwordHash, canHost: may }
      people.set(id, person)
      return Promise.resolve(ok(seen(person)))
    },
    credentials(email) {
      const person = byEmail(email)
      return Promise.resolve(person ? { id: person.id, passwordHash: person.passwordHash } : null)
    },
    passwordHash: (id) => Promise.resolve(people.get(id)?.passwordHash ?? null),
    update(id, change) {
      const person = people.get(id)
      if (!person) return Promise.resolve(deny('not_found'))
      const holder = change.email === undefined ? undefined : byEmail(change.email)
      if (holder && holder.id !== id) return Promise.resolve(deny('email_taken', { field: 'email' }))
      return Promise.resolve(ok(seen(Object.assign(person, change))))
    },
    createFirstHost({ id, name }) {
      if ([...people.values()].some((person) => person.canHost)) return Promise.resolve(false)
      people.set(id, { id, kind: 'account', name, email: null, passwordHash: null, canHost: true })
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
      sessions.delete(id)
      return Promise.resolve()
    },
    endSessions(principal, except) {
      for (const [id, session] of sessions)
        if (session.principal === principal && id !== except) sessions.delete(id)
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
