// The network between one socket of a page and a node: both directions in order, each as late as it likes. It can
// be cut, or fall silent with nobody told.
import type { Socket } from '../../../client/chat/surroundings.ts'
import type { Clock, Peer } from '../../app/ports.ts'
import type { Dice } from './dice.ts'
import type { Lifetime } from './lifetime.ts'
import type { Node, Port } from './node.ts'
import { createWire } from './wire.ts'
import type { World } from './world.ts'

export type Line = { cut(): void; silence(): void; open(): boolean }

/** The transport ends a connection that answers no ping. */
const IDLE_MS = 60_000

function createPipe(clock: Clock, dice: Dice, lag: () => number) {
  let last = 0
  let broken = false
  return {
    push(deliver: () => void) {
      const at = Math.max(last, clock.now() + dice.wait(lag()))
      last = at
      clock.after(at - clock.now(), () => {
        if (!broken) deliver()
      })
    },
    break: () => void (broken = true),
  }
}

type Who = { name: string; host: boolean }
type Dial = {
  world: World
  who: Who
  page: Lifetime
  /** Where the load balancer sends this one; undefined: nobody answers. */
  node: Node | undefined
  /** Frames the page takes in. */
  heard: (frame: string) => void
  gone: () => void
}

export function dial({ world, who, page, node, heard, gone }: Dial): { socket: Socket; line: Line } {
  const { clock, dice, weather, state } = world
  const lag = () => (state.calm ? 0 : weather.lag)
  const up = createPipe(clock, dice, lag)
  const down = createPipe(clock, dice, lag)
  let port: Port | null = null
  const wire = createWire(world, who)
  let over = false // for the page
  const subscribed = new Set<string>()

  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send(text) {
      if (over) return
      up.push(() => {
        if (!port) return
        wire.asked(text)
        port.session.text(text)
      })
    },
    close() {
      if (over) return
      over = true
      gone()
      up.push(() => hangUp())
    },
  }

  /** The server's end is gone, whoever ended it. */
  function hangUp(): void {
    if (!port || !node) return
    const { session } = port
    node.ports.delete(port)
    port = null
    for (const topic of subscribed) node.topics.get(topic)?.delete(peer)
    if (node.life.alive()) session.closed()
  }

  function close(code: number, reason: string): void {
    page.run(() => {
      if (over) return
      over = true
      gone()
      socket.onclose?.({ code, reason })
    })
  }

  const peer: Peer = {
    id: dice.uuid(),
    address: '192.0.2.1',
    send(sent) {
      if (!port) return false
      const frame = typeof sent === 'string' ? sent : Buffer.from(sent).toString()
      wire.sent(frame)
      // A reader that is too slow: the transport dropped it.
      if (!state.calm && dice.chance(weather.lines / 500)) return false
      down.push(() =>
        page.run(() => {
          if (over || !socket.onmessage) return
          heard(frame)
          socket.onmessage({ data: frame })
        }),
      )
      return true
    },
    cork: (run) => run(),
    buffered: () => 0,
    subscribe(topic) {
      if (!port || !node) return
      subscribed.add(topic)
      node.topics.set(topic, (node.topics.get(topic) ?? new Set()).add(peer))
    },
    unsubscribe: (topic) => void node?.topics.get(topic)?.delete(peer),
    close(code, reason = '') {
      if (!port) return
      wire.closed(code)
      down.push(() => close(code, reason))
      hangUp()
    },
  }

  function silence(): void {
    up.break()
    down.break()
    clock.after(dice.wait(IDLE_MS), hangUp)
  }

  if (!node) {
    // Refused at once, or a packet that nobody answers.
    if (state.calm || dice.chance(0.7)) down.push(() => close(1006, ''))
  } else {
    up.push(() => {
      if (!node.takes()) {
        down.push(() => close(1006, ''))
        return
      }
      const accepted: Port = {
        session: { text: () => undefined, binary: () => undefined, closed: () => undefined },
        lostNode() {
          port = null
          up.break()
          down.break()
          if (dice.chance(0.8)) clock.after(dice.wait(2_000), () => close(1006, ''))
        },
        drained: (retryInMs) => peer.close(4503, `retry_in_ms=${retryInMs}`),
      }
      port = accepted
      node.ports.add(accepted)
      accepted.session = node.chat.endpoint.open(peer)
      down.push(() =>
        page.run(() => {
          if (!over) socket.onopen?.()
        }),
      )
    })
  }
  return {
    socket,
    line: {
      open: () => !over,
      silence,
      cut() {
        silence()
        clock.after(dice.chance(0.5) ? 0 : dice.wait(5_000), () => close(1006, ''))
      },
    },
  }
}
