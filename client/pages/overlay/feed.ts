// The room as an overlay follows it: nobody is there to press a button, so it comes back from everything, for ever.
import type { PassSource } from '../../pass.ts'
import { createConnection } from '../../chat/connection.ts'
import { emptyRoom, reduce, type Room, type RoomEvent } from '../../chat/room.ts'
import { isOver, type Status } from '../../chat/status.ts'
import type { Clock, Random, Signals, Socket } from '../../chat/surroundings.ts'

/** A door that was shut (another key, no such stream) may be opened again, but is not to be knocked at all day. */
const FIRST_MS = 15_000
const CAP_MS = 5 * 60_000

/** `skew`: server clock minus this one, ms. */
export type FeedState = { room: Room; status: Status; skew: number }

export function createFeed(deps: {
  passes: PassSource
  clock: Clock
  random: Random
  signals: Signals
  open: () => Socket
  onChange: (state: FeedState) => void
}) {
  const { clock, onChange } = deps
  let state: FeedState = { room: emptyRoom, status: { at: 'stopped' }, skew: 0 }
  let refusals = 0
  /** What the key opened once is not left standing while it opens it no more. Only hidden: the connection goes on from
   * where it was. */
  let shut = false
  let cancel = () => {}

  function set(change: Partial<FeedState>): void {
    state = { ...state, ...change }
    onChange(shut ? { ...state, room: emptyRoom } : state)
  }
  const step = (event: RoomEvent) => set({ room: reduce(state.room, event) })

  const connection = createConnection({
    ...deps,
    onStatus(status) {
      cancel()
      const over = isOver(status)
      shut ||= over
      set({ status })
      if (over) cancel = clock.after(Math.min(CAP_MS, FIRST_MS * 2 ** refusals++), connection.restart)
    },
    onWelcome(welcome) {
      refusals = 0
      shut = false
      state = { ...state, skew: welcome.now - clock.now() }
      step({ type: 'welcome', welcome })
    },
    onEntries: (log, entries) => step({ type: 'entries', log, entries }),
    onSnapshot: (snapshot) => step({ type: 'snapshot', snapshot }),
    onPulse: () => undefined,
    onReply: () => undefined,
  })

  return { start: connection.start }
}
