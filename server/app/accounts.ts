// Accounts: signing up and in, and changing one's own.
import type {
  LinkRequest,
  ProfileRequest,
  SignInRequest,
  SignUpPolicy,
  SignUpRequest,
} from '../../shared/api/identity.ts'
import { deny, ok, type Result } from '../../shared/protocol/index.ts'
import { mailbox } from '../domain/mailbox.ts'
import { displayName } from '../domain/name.ts'
import type { Limiter } from './limiter.ts'
import { untaken } from './names.ts'
import type { Names } from './moderation-ports.ts'
import type { Clock, Passwords, People, Principal, Random } from './ports.ts'
import type { Begun, Sessions, Who } from './sessions.ts'

export type Accounts = ReturnType<typeof createAccounts>

export type AccountDeps = {
  people: People
  names: Pick<Names, 'taken'>
  sessions: Sessions
  passwords: Passwords
  clock: Clock
  random: Random
  digest: (token: string) => string
  signUp: SignUpPolicy
  /** Guesses are counted by where they come from and by whom they aim at; sign-ups by address. */
  limits: { signUp: Limiter; signInByAddress: Limiter; signInByAccount: Limiter }
}

export function createAccounts(deps: AccountDeps) {
  const { people, names, sessions, passwords, clock, random, digest, limits } = deps

  /** The same work for a wrong password, a missing one and a missing account. */
  async function prove(hash: string | null, account: string, password: string): Promise<Result<null>> {
    const allowed = limits.signInByAccount.take(account)
    if (!allowed.ok) return allowed
    return (await passwords.verify(hash, password)) ? ok(null) : deny('wrong_credentials')
  }

  async function ownChange({ principal }: Who, request: ProfileRequest): Promise<Result<null>> {
    if (request.email === undefined && request.password === undefined) return ok(null)
    if (principal.kind === 'guest') return deny('not_allowed')
    if (principal.email === null && request.email === undefined)
      return deny('bad_request', { field: 'email' }) // a password alone signs nobody in
    if (!principal.hasPassword) return ok(null)
    const hash = await people.passwordHash(principal.id)
    const proven = await prove(hash, principal.id, request.currentPassword ?? '')
    return proven.ok || proven.denial.code !== 'wrong_credentials'
      ? proven
      : deny('wrong_credentials', { field: 'currentPassword' })
  }

  return {
    /** A guest becomes the account: it keeps its id, and with it its conversations, bans and words. The session it
     * comes with is the proof that it is this guest; an id alone proves nothing. */
    async signUp(request: SignUpRequest, address: string, former: Who | null): Promise<Result<Begun>> {
      if (deps.signUp === 'closed') return deny('sign_up_closed')
      if (deps.signUp === 'invite' && request.invite === undefined) return deny('invite_needed')
      const name = displayName(request.name)
      if (!name.ok) return name
      const email = mailbox(request.email)
      if (!email.ok) return email
      const allowed = limits.signUp.take(address)
      if (!allowed.ok) return allowed
      const guest = former?.principal.kind === 'guest' ? former.principal : null
      const free = await untaken(names, name.value, guest?.id ?? null)
      if (!free.ok) return free
      const created = await people.createAccount({
        id: guest?.id ?? random.uuid(),
        ...name.value,
        email: email.value,
        passwordHash: await passwords.hash(request.password),
        canHost: false,
        now: clock.now(),
        ...(request.invite === undefined ? {} : { inviteHash: digest(request.invite) }),
      })
      if (!created.ok) return created
      if (!guest) return ok(await sessions.begin(created.value, former))
      sessions.ended()
      return ok(await sessions.begin(created.value, null))
    },

    async signIn(request: SignInRequest, address: string, former: Who | null): Promise<Result<Begun>> {
      const allowed = limits.signInByAddress.take(address)
      if (!allowed.ok) return allowed
      const email = mailbox(request.email)
      if (!email.ok) return email
      const account = await people.credentials(email.value)
      const proven = await prove(account?.passwordHash ?? null, email.value, request.password)
      if (!proven.ok) return proven
      const principal = account && (await people.find(account.id))
      return principal ? ok(await sessions.begin(principal, former)) : deny('wrong_credentials')
    },

    async signInByLink(request: LinkRequest, address: string, former: Who | null): Promise<Result<Begun>> {
      const allowed = limits.signInByAddress.take(address)
      if (!allowed.ok) return allowed
      const id = await people.redeemLoginLink(digest(request.token), clock.now())
      const principal = id === null ? null : await people.find(id)
      return principal ? ok(await sessions.begin(principal, former)) : deny('link_used')
    },

    /** A new password ends every other session. */
    async change(who: Who, request: ProfileRequest): Promise<Result<Principal>> {
      const { id } = who.principal
      // The first host is called Host: nobody loses a name by sending the form back as it was.
      const renamed = request.name !== undefined && request.name !== who.principal.name
      const name = renamed ? displayName(request.name ?? '') : null
      if (name && !name.ok) return name
      const email = request.email === undefined ? null : mailbox(request.email)
      if (email && !email.ok) return email
      const allowed = await ownChange(who, request)
      if (!allowed.ok) return allowed
      const free = name && (await untaken(names, name.value, id))
      if (free && !free.ok) return free
      const { password } = request
      const changed = await people.update(id, {
        ...(name && name.value),
        ...(email && { email: email.value }),
        ...(password === undefined
          ? {}
          : { passwordHash: await passwords.hash(password), keepSession: who.session }),
      })
      if (changed.ok && password !== undefined) sessions.ended()
      return changed
    },
  }
}
