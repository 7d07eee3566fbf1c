// The commands of the chat. A command without a handler does not compile.
import { deny } from '../../../shared/protocol/index.ts'
import type { Request } from '../../../shared/protocol/index.ts'
import { may } from '../../domain/policy.ts'
import type { Phase } from '../../domain/slow.ts'
import type { Append } from '../append.ts'
import type { Clock, Journal, Random, Standing, Streams } from '../ports.ts'
import type { KnownTerms } from '../terms.ts'
import { createActs } from './acts.ts'
import type { Answer, Caller, Handlers } from './handler.ts'
import { createReact } from './react.ts'
import type { Reactions } from './react.ts'
import { createRead, heldPage } from './read.ts'
import { createRenew } from './renew.ts'
import type { RenewDeps } from './renew.ts'
import { createSay } from './say.ts'

type Deps = RenewDeps & {
  append: Append
  terms: KnownTerms
  journal: Pick<Journal, 'read'>
  streams: Pick<Streams, 'standing'>
  reactions: Reactions
  clock: Clock
  random: Random
}

export type Commands = {
  /** May reject: a dependency is away, or a bug. The socket's door turns that into an answer. */
  run(caller: Caller, request: Request, stream: Phase): Promise<Answer>
}

/** Of messages their own transaction finds out. */
const UNBANNED = { banned: false, until: null, reason: null, refused: null } as const

/** How old a standing may be, in ms (C4). Messages are checked as their sender inside their own transaction, so
 * a look-up before it would cost a round trip per message and close no gap. A reaction writes nothing of
 * anybody's: a person who lost the right may add to a total for these few seconds. A page of the room out of memory
 * is what the open socket was sent anyway; it closes when the right ends (C11). */
const STANDING_MAX_AGE: Record<Request['t'], number> = {
  say: Infinity,
  whisper: Infinity,
  react: 2_000,
  delete: 0,
  pin: 0,
  unpin: 0,
  slow: 0,
  rules: 0,
  timeout: 0,
  lift: 0,
  ban: 0,
  unban: 0,
  wipe: 0,
  approve: 0,
  reject: 0,
  report: 0,
  resolve: 0,
  note: 0,
  appoint: 0,
  dismiss: 0,
  block: 0,
  unblock: 0,
  enrol: 0,
  expel: 0,
  read: 0,
  renew: 0,
}

export function createCommands(deps: Deps): Commands {
  const { streams, clock } = deps
  const handlers: Handlers = {
    ...createSay(deps),
    ...createActs(deps.append),
    react: createReact(deps.reactions),
    read: createRead(deps.journal),
    renew: createRenew(deps),
  }
  /** By caller, so that it goes when the socket goes. */
  const known = new WeakMap<Caller, Standing & { at: number }>()

  async function standing(caller: Caller, maxAge: number): Promise<Standing> {
    const now = clock.now()
    const before = known.get(caller)
    if (before && now - before.at < maxAge) return before
    const fresh = await streams.standing(caller.id, caller.stream.id)
    known.set(caller, { ...fresh, at: now })
    return fresh
  }

  async function perform(caller: Caller, request: Request, stream: Phase, standing: Standing) {
    const { role } = standing
    const denial = may({ id: caller.id, ...standing }, request, stream, clock.now())
    if (denial) return deny(denial.code, denial)
    // The map above pairs each name with its own handler; the compiler cannot follow that through an index.
    const handle = handlers[request.t] as (caller: Caller, request: Request) => Promise<Answer>
    return await handle(role === caller.role ? caller : { ...caller, role }, request)
  }

  return {
    run(caller, request, stream) {
      const held = request.t === 'read' && heldPage(caller, request) !== null
      const maxAge = held ? Infinity : STANDING_MAX_AGE[request.t]
      // Messages reach the lane before this returns: two of one connection must not overtake each other (L3).
      if (maxAge === Infinity) {
        const role = known.get(caller)?.role ?? caller.role
        return perform(caller, request, stream, { role, ...UNBANNED })
      }
      return standing(caller, maxAge).then((now) => perform(caller, request, stream, now))
    },
  }
}
