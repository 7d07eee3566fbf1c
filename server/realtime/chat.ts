// The chat of one node: everything between the bus, the journal and the `/chat` sockets, wired.
import { LIMITS } from '../../shared/protocol/index.ts'
import type { StreamId } from '../../shared/ids.ts'
import type { Append } from '../app/append.ts'
import { createCommands } from '../app/commands/index.ts'
import type { OverlayTokens, Overlays } from '../app/overlay-ports.ts'
import type { Bus, Clock, Endpoint, Journal, Log, Random, Streams, Tokens, Topics } from '../app/ports.ts'
import type { KnownTerms } from '../app/terms.ts'
import type { Admissions } from './admissions.ts'
import { createBuckets } from './buckets.ts'
import { createDeadlines } from './deadlines.ts'
import { createHub } from './hub.ts'
import type { ChatLimits } from './limits.ts'
import { createOverlaySeats } from './overlay.ts'
import { createPulse } from './pulse.ts'
import type { Revocations } from './revocations.ts'
import { createRooms } from './rooms.ts'
import { openSession } from './session.ts'
import type { SessionDeps } from './session.ts'
import { openSecondLook } from './second-look.ts'
import { createSingleFlight } from './single-flight.ts'
import { createSlowReaders } from './slow-readers.ts'
import { createSnapshots } from './snapshots.ts'
import { createSockets, type Socket } from './sockets.ts'
import { createTally } from './tally.ts'
import { createTurnstile } from './turnstile.ts'

/** A reader may be this far behind, beyond what the kernel holds for it, before the transport cuts it (C7). One
 * frame more can stand in it: the bound is looked at before a frame is taken. */
const MAX_BUFFERED_BYTES = 256 * 1_024

type Deps = {
  append: Append
  journal: Journal
  streams: Streams
  terms: KnownTerms
  admission: Admissions
  revocations: Pick<Revocations, 'listen' | 'seq' | 'current'>
  overlays: Pick<Overlays, 'seat'>
  tokens: Pick<Tokens, 'readPass'> & Pick<OverlayTokens, 'readOverlay'>
  bus: Bus
  topics: Topics
  clock: Clock
  random: Random
  log: Log
  limits: ChatLimits
}

export type Chat = {
  endpoint: Endpoint
  /** People watching, on all nodes. */
  viewers(stream: StreamId): number
  /** For metrics. */
  counts(): { sockets: number; logs: number; slowCloses: number; snapshots: number }
  /** After the sockets are gone: the timers stop and what waits is written. */
  stop(): Promise<void>
}

export function createChat(deps: Deps): Chat {
  const { journal, streams, bus, clock, random, log, limits } = deps
  const hub = createHub(deps)
  const tally = createTally(journal, log)
  const pulse = createPulse({ bus, clock, node: random.uuid(), tally })
  const rooms = createRooms({ ...deps, hub, pulse })
  const sockets = createSockets(limits.sockets)
  const slowReaders = createSlowReaders()
  const snapshots = createSnapshots({ clock, pulse })
  const turnstile = createTurnstile(clock)
  const commands = createCommands({ ...deps, reactions: pulse })
  const rates = {
    say: createBuckets(limits.say),
    whisper: createBuckets(limits.whisper),
    react: createBuckets(limits.react),
  }
  // A whole room that comes back at once asks for its stream once.
  const byId = createSingleFlight((id: StreamId) => streams.byId(id))
  const session: SessionDeps = {
    ...deps,
    streams: { ...streams, byId },
    overlay: createOverlaySeats({ ...deps, streams: { byId } }),
    turnstile,
    hub,
    rooms,
    pulse,
    sockets,
    deadlines: createDeadlines(clock),
    slowReaders,
    snapshots,
    commands,
    rates,
  }
  const secondLook = openSecondLook(deps)(verdictBy(deps.admission))
  const deafen = deps.revocations.listen({
    revoked: (revocation) => secondLook.at(sockets.revoke(revocation)),
    missed: () => sockets.readmitAll(),
  })

  return {
    endpoint: {
      path: '/chat',
      maxFrameBytes: LIMITS.commandBytes,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      open: (peer) => openSession(session, peer),
    },
    viewers: (stream) => pulse.viewers(stream),
    counts: () => ({
      sockets: sockets.count(),
      logs: hub.followed(),
      slowCloses: slowReaders.total(),
      snapshots: snapshots.count(),
    }),
    async stop() {
      deafen()
      secondLook.stop()
      turnstile.stop()
      hub.close()
      pulse.stop()
      await tally.flush()
      await tally.flush() // what came while the first was waiting for one under way
    },
  }
}

/** P42. An overlay has no session: the key it was opened with holds whatever the gate. */
const verdictBy = (admission: Admissions) => async (socket: Socket) => {
  if (socket.session() === '') return null
  const { person, banned, refused } = await admission({ session: socket.session(), stream: socket.stream })
  if (person?.id !== socket.principal) return 4401
  return banned ? 4403 : refused === null ? null : 4401
}
