// Who is there: two streams, their hosts and viewers, one person with two tabs, three nodes; and what can be done
// to all of it at once.
import { LIMITS } from '../../../shared/protocol/index.ts'
import type { SocketSession } from '../../app/ports.ts'
import { createSeat, openPage } from './page.ts'
import type { Page, Seat } from './page.ts'
import { startNode } from './node.ts'
import type { Node } from './node.ts'
import type { World } from './world.ts'

export type Cast = ReturnType<typeof createCast>

const NODES = 3
/** Long enough for a silent line to be noticed, the longest wait to pass and every queue to empty. */
const CALM_MS = LIMITS.silenceMs + 75_000
/** With the bus up: the poll and the rate limits fit in. */
const SEEN_MS = 4_000

export function createCast(world: World) {
  const { dice, weather, state } = world
  const show = world.stream('show', 'hana')
  const other = world.stream('other', 'ivo')
  world.moderator(show, 'mona')
  const bob = createSeat(world, 'bob', show)
  const seats: Seat[] = [
    createSeat(world, 'hana', show),
    createSeat(world, 'ada', show),
    createSeat(world, 'mona', show),
    bob,
    createSeat(world, 'ivo', other),
    createSeat(world, 'hana', other),
  ]
  if (dice.chance(0.3)) seats.push(createSeat(world, 'bob', show, bob))
  if (dice.chance(0.5)) seats.push(createSeat(world, 'ada', other, seats[1]))
  const nodes: Node[] = []
  const crowd: SocketSession[] = []
  for (let i = 0; i < NODES; i++) nodes.push(startNode(world))

  function open(seat: Seat): Page {
    return seat.page ?? openPage(world, seat, () => nodes)
  }
  function listen(node: Node) {
    for (let i = 0; i < weather.idle; i++) {
      const peer = { id: `idle ${i}`, address: '', send: () => true, buffered: () => 0 }
      const session = node.chat.endpoint.open({
        ...peer,
        cork: (run) => run(),
        subscribe: () => undefined,
        unsubscribe: () => undefined,
        close: () => undefined,
      })
      session.text(JSON.stringify({ t: 'hello', pass: world.pass(`idle ${i}`, show).pass }))
      crowd.push(session)
    }
  }
  function restart(node: Node) {
    nodes[nodes.indexOf(node)] = startNode(world)
  }
  function setNetwork(seat: Seat, up: boolean, told: boolean) {
    seat.network.up = up
    if (!up) seat.page?.line()?.[dice.chance(0.5) ? 'cut' : 'silence']()
    if (told) seat.page?.signals.give(up ? 'online' : 'offline')
  }

  return {
    seats,
    nodes,
    show,
    other,
    open,
    /** One person in two tabs: their sends have no common order. */
    alone: (seat: Seat) =>
      seats.filter(({ name, stream }) => name === seat.name && stream === seat.stream).length === 1,
    restart,
    setNetwork,
    /** What was said before: in the room by somebody who left, and between the host and one viewer. */
    async remember() {
      const draft = (i: number) => ({
        id: dice.uuid(),
        cmid: dice.uuid(),
        stream: show.id,
        replyTo: null,
        text: `${i}`,
      })
      for (let i = 0; i < weather.history; i++) {
        await world.journal.append([
          { ...draft(i), text: `long ago ${i}`, sender: world.person('zoe'), viewer: null },
        ])
        if (i % 5 === 0)
          await world.journal.append([
            {
              ...draft(i),
              text: `secret of ada once ${i}`,
              sender: show.host.id,
              viewer: world.person('ada'),
            },
          ])
      }
    },
    enter() {
      nodes.forEach(listen)
      for (const seat of seats) open(seat)
    },
    /** All faults end, everybody is there, and time passes. */
    async calmDown() {
      state.calm = true
      state.databaseAway = false
      state.busAway = false
      for (const node of [...nodes]) if (!node.takes()) restart(node)
      for (const seat of seats) {
        // A page that believes in its network is told nothing: it has to find a dead line by itself.
        setNetwork(seat, true, seat.page?.signals.online() === false)
        open(seat).life.thaw()
      }
      // What is still on its way may set it again.
      await world.clock.advance(10_000)
      for (const { stream } of seats)
        await world.journal.act(stream.host.id, stream.id, { type: 'slow', seconds: 0 })
      await world.clock.advance(CALM_MS)
      state.still = true
    },
    /** Half of the pages are opened anew, everybody speaks, and nobody's line needs mending for it. */
    async speakOnce() {
      for (const seat of seats) {
        if (!dice.chance(0.5)) continue
        seat.page?.leave()
        open(seat)
      }
      await world.clock.advance(5_000)
      const lines = seats.map(({ page }) => page?.line())
      for (const seat of seats) {
        const name = seat.host ? 'mona' : seat.name
        const to = seat.host ? { to: { id: world.person(name), name } } : {}
        for (let i = 0; i < 3; i++) {
          const ending = `${seat.name}@${seat.stream.slug} ${seats.indexOf(seat)} ${i}`
          seat.page?.post({ lane: 'public', text: `goodbye of ${ending}` })
          seat.page?.post({ lane: 'private', ...to, text: `secret of ${name} goodbye ${ending}` })
        }
      }
      await world.clock.advance(SEEN_MS)
      seats.forEach(({ name, page }, i) => {
        if (!lines[i] || page?.line() !== lines[i]) world.wrongs.push(`${name} lost a line in all calm`)
      })
    },
    async everybodyLeaves() {
      for (const session of crowd) session.closed()
      for (const seat of seats) {
        const page = seat.page
        page?.chat.stop()
        if (page && page.life.timers() > 0)
          world.wrongs.push(`I7 ${seat.name} left ${page.life.timers()} timers`)
        page?.life.die()
      }
      await world.clock.advance(70_000)
    },
  }
}
