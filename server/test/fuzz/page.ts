// One open page of one person: the real client chat on a clock that can freeze or die, with the lines it dials.
// What the person wrote, and what the page was told became of it, goes into the seat's record.
import { createChat } from '../../../client/chat/chat.ts'
import type { Chat } from '../../../client/chat/chat.ts'
import type { Draft } from '../../../client/chat/outbox.ts'
import type { Shelf } from '../../../client/chat/surroundings.ts'
import { handShelf, handSignals } from '../../../client/chat/test/hand.ts'
import { createPassSource } from '../../../client/pass.ts'
import type { Frame } from '../../../shared/protocol/index.ts'
import type { Stream } from '../../app/ports.ts'
import { createLifetime, pause } from './lifetime.ts'
import type { Lifetime } from './lifetime.ts'
import { dial } from './line.ts'
import type { Line } from './line.ts'
import type { Node } from './node.ts'
import type { World } from './world.ts'

/** A text this person wrote, under every id it went out with. */
export type Post = {
  text: string
  lane: Draft['lane']
  cmids: string[]
  toldSent: boolean
  /** Gone with a page that never knew who wrote: texts are kept from the first welcome on. */
  unsaved: boolean
}

/** A person in front of one stream, for good: pages come and go here, storage stays. */
export type Seat = {
  name: string
  stream: Stream
  host: boolean
  /** Shared by all tabs of a person. */
  shelf: Shelf
  tab: Shelf
  skew: number
  posts: Post[]
  page: Page | null
  network: { up: boolean }
}
export type Page = {
  chat: Chat
  life: Lifetime
  signals: ReturnType<typeof handSignals>
  line: () => Line | null
  post(draft: Draft): void
  leave(): void
}

/** `beside`: another seat at the same device. */
export function createSeat(world: World, name: string, stream: Stream, beside?: Seat): Seat {
  const shelf = beside?.shelf ?? handShelf()
  const wrong = world.dice.chance(0.3) ? world.dice.below(1_200_000) - 600_000 : 0
  const skew = beside?.skew ?? wrong
  const host = stream.host.name === name
  const rest = { tab: handShelf(), posts: [], page: null, network: { up: true } }
  return { name, stream, host, shelf, skew, ...rest }
}

export function openPage(world: World, seat: Seat, nodes: () => readonly Node[]): Page {
  const { dice, weather, state } = world
  const life = createLifetime(world.clock, seat.skew)
  const signals = handSignals()
  if (!seat.network.up) signals.give('offline')
  const mine: Post[] = []
  let line: Line | null = null

  async function askForPass() {
    await pause(life.clock, state.calm ? 0 : dice.wait(weather.lag * 2))
    if (!seat.network.up || (!state.calm && dice.chance(weather.lines / 10)))
      return { ok: false, denial: { code: 'offline', says: 'No answer.' } } as const
    return { ok: true, value: world.pass(seat.name, seat.stream) } as const
  }

  function heard(raw: string) {
    if (!raw.startsWith('{"t":"ok"')) return
    const frame = JSON.parse(raw) as Extract<Frame, { t: 'ok' }>
    for (const post of seat.posts) if (post.cmids.includes(frame.re)) post.toldSent = true
  }

  const chat = createChat({
    slug: seat.stream.slug,
    passes: createPassSource(askForPass, () => life.clock.now()),
    on: {
      clock: life.clock,
      random: dice,
      signals,
      shelf: seat.shelf,
      tab: seat.tab,
      open() {
        const node = seat.network.up && !(dice.chance(0.1) && !state.calm) ? dice.pick(nodes()) : undefined
        const dialled = dial({ world, who: seat, page: life, node, heard, gone: () => (line = null) })
        line = dialled.line
        return dialled.socket
      },
    },
  })
  chat.start()

  const page: Page = {
    chat,
    life,
    signals,
    line: () => line,
    post(draft) {
      const { text } = draft
      if (!chat.post(draft)) return
      const item = chat.state().outgoing.find((each) => each.text === text)
      if (!item) throw new Error('a posted text is not among the outgoing')
      if (draft.lane === 'private') world.secrets.set(item.cmid, draft.to?.name ?? seat.name)
      const before = seat.posts.find((post) => post.text === text)
      if (before) before.cmids.push(item.cmid)
      else {
        const post = { text, lane: draft.lane, cmids: [item.cmid], toldSent: false, unsaved: false }
        mine.push(post)
        seat.posts.push(post)
      }
    },
    /** The browser closes the page's socket for it, if the network lets it. */
    leave() {
      if (!chat.state().room.you) for (const post of mine) post.unsaved = true
      chat.stop()
      life.die()
      seat.page = null
    },
  }
  seat.page = page
  return page
}
