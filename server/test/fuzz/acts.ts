// What can happen next: people who write, read and leave, machines that fail. Weighted by the weather.
import type { Outgoing } from '../../../client/chat/outbox.ts'
import { REACTIONS } from '../../../shared/protocol/index.ts'
import type { LogName, Message } from '../../../shared/protocol/index.ts'
import type { Cast } from './cast.ts'
import type { Page, Seat } from './page.ts'
import type { World } from './world.ts'

type Deed = { weight: number; name: string; run: (seat: Seat, page: Page) => void; takesMs?: number }

export function createDeeds(world: World, cast: Cast): Deed[] {
  const { dice, weather, state, clock } = world
  let count = 0

  const entries = ({ chat }: Page, log: LogName) => chat.state().room.logs[log]?.entries ?? []
  function messageIn(page: Page, log: LogName): Message | undefined {
    const event = dice.pick(entries(page, log).slice(dice.chance(0.7) ? -20 : 0))?.event
    return event && 'message' in event ? event.message : undefined
  }
  function quote(page: Page, log: LogName) {
    const message = dice.chance(0.2) ? messageIn(page, log) : undefined
    return message ? { replyTo: { id: message.id, name: message.author.name, text: message.text } } : {}
  }
  /** The host writes to one of its viewers; everybody else to the host. */
  function whisper(seat: Seat, page: Page) {
    const name = seat.host ? (dice.pick(['ada', 'bob', 'mona']) ?? '') : seat.name
    const draft = { lane: 'private', ...(seat.host ? { to: { id: world.person(name), name } } : {}) } as const
    page.post({ ...draft, ...(seat.host ? {} : quote(page, 'thread')), text: `secret of ${name} ${++count}` })
  }
  /** What was refused or waits goes back to its writer, who sends the same words again; not what may be there. */
  function again(seat: Seat, page: Page) {
    const could = ({ delivery }: Outgoing) =>
      delivery.is === 'waiting' || (delivery.is === 'refused' && !delivery.says.includes('whether'))
    const item = page.chat.state().outgoing.find(could)
    if (!item || !cast.alone(seat)) return
    page.chat.takeBack(item.cmid)
    if (page.chat.state().outgoing.some(({ cmid }) => cmid === item.cmid)) return
    const key = item.to ? `${item.lane}:${item.to.id}` : item.lane
    page.chat.draft(key, '')
    page.post({ lane: item.lane, ...(item.to ? { to: item.to } : {}), text: item.text })
    if (!page.chat.state().outgoing.some(({ text }) => text === item.text)) page.chat.draft(key, item.text)
  }
  function freeze(page: Page) {
    page.life.freeze()
    clock.after(dice.wait(90_000), () => {
      if (!page.life.alive()) return
      // The page may be told before or after what waited for it.
      const first = dice.chance(0.5)
      if (first) page.signals.give('visible')
      page.life.thaw()
      if (!first) page.signals.give('visible')
    })
  }
  function offline(seat: Seat) {
    const told = dice.chance(0.6)
    cast.setNetwork(seat, false, told)
    clock.after(dice.wait(60_000), () => cast.setNetwork(seat, true, told))
  }
  function reload(seat: Seat, page: Page) {
    page.leave()
    if (dice.chance(0.7)) cast.open(seat)
    else clock.after(dice.wait(40_000), () => cast.open(seat))
  }
  function loseNode(gently: boolean) {
    const node = dice.pick(cast.nodes)
    if (!node?.takes()) return
    if (gently) node.drain().catch((error: unknown) => world.wrongs.push(`drain: ${String(error)}`))
    else node.kill()
    clock.after(dice.wait(30_000), () => {
      if (cast.nodes.includes(node)) cast.restart(node)
    })
  }
  function outage(of: 'databaseAway' | 'busAway') {
    state[of] = true
    clock.after(dice.wait(15_000), () => (state[of] = false))
  }
  function burst() {
    const node = dice.pick(cast.nodes)
    const viewer = dice.chance(0.3) ? world.person(dice.pick(['ada', 'bob']) ?? '') : null
    const host = cast.show.host.id
    if (!node?.takes()) return
    for (let left = dice.chance(0.2) ? 620 : dice.below(150); left > 0; left--) {
      const ids = { id: dice.uuid(), cmid: dice.uuid(), stream: cast.show.id, sender: host }
      const to = cast.seats.find(({ name }) => world.person(name) === viewer)?.name
      const text = to === undefined ? `crowd ${++count}` : `secret of ${to} ${++count}`
      node.append.say({ ...ids, replyTo: null, viewer: to === undefined ? null : viewer, text }).catch(String)
    }
  }
  /** Answers are looked at where they matter: in the logs. */
  const unheard = (work: Promise<unknown>) =>
    void work.catch((error: unknown) => world.wrongs.push(`an act rejected: ${String(error)}`))

  return [
    {
      weight: 30,
      name: 'say',
      run: (_, page) => page.post({ lane: 'public', ...quote(page, 'room'), text: `said ${++count}` }),
    },
    { weight: 18, name: 'whisper', run: whisper },
    { weight: 4, name: 'again', run: again },
    {
      weight: 8,
      name: 'delete',
      run(seat, { chat }) {
        const log = dice.pick<LogName>(['room', seat.host ? 'inbox' : 'thread']) ?? 'room'
        const target = seat.page && messageIn(seat.page, log)
        if (target) unheard(chat.remove(target.id))
      },
    },
    {
      weight: 5,
      name: 'pin',
      run(_, page) {
        const target = messageIn(page, 'room')
        if (target) unheard(page.chat.pin(target.id))
      },
    },
    { weight: 2, name: 'unpin', run: (_, { chat }) => unheard(chat.unpin()) },
    {
      weight: weather.slow ? 3 : 0,
      name: 'slow',
      run: (_, { chat }) => unheard(chat.slow(dice.below(3) * 5)),
    },
    { weight: 4, name: 'react', run: (_, { chat }) => void chat.react(dice.pick(REACTIONS) ?? '❤️') },
    {
      weight: 4,
      name: 'older',
      run: (seat, { chat }) => unheard(chat.older(seat.host && dice.chance(0.5) ? 'inbox' : 'room')),
    },
    { weight: 2, name: 'look back', run: (_, { chat }) => chat.lookingBack('room', dice.chance(0.5)) },
    { weight: 1, name: 'try now', run: (_, { chat }) => chat.tryNow() },
    { weight: weather.pages, name: 'restart', run: (_, { chat }) => chat.restart() },
    { weight: weather.pages * 5, name: 'reload', run: reload },
    { weight: weather.pages * 3, name: 'freeze', run: (_, page) => freeze(page) },
    { weight: weather.lines * 6, name: 'offline', run: offline },
    { weight: weather.lines * 12, name: 'cut', run: (_, page) => page.line()?.cut() },
    { weight: weather.lines * 3, name: 'silence', run: (_, page) => page.line()?.silence() },
    { weight: weather.nodes * 4, name: 'kill', run: () => loseNode(false) },
    { weight: weather.nodes * 3, name: 'drain', run: () => loseNode(true) },
    { weight: weather.outages * 5, name: 'database away', run: () => outage('databaseAway') },
    { weight: weather.outages * 5, name: 'bus away', run: () => outage('busAway') },
    { weight: 0.15, name: 'long leave', takesMs: 660_000, run: (_, page) => page.leave() },
    { weight: weather.bursts ? 2 : 0, name: 'burst', run: burst },
  ]
}

export function choose(world: World, deeds: readonly Deed[]): Deed | undefined {
  let left = world.dice.fraction() * deeds.reduce((sum, { weight }) => sum + weight, 0)
  return deeds.find(({ weight }) => (left -= weight) < 0)
}
