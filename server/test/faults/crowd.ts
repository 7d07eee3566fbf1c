// Two hundred people in five streams who talk all the time, some of whom lose their line every second.
import { systemClock } from '../../adapters/system/index.ts'
import type { Me } from '../../../shared/api/identity.ts'
import type { StreamCard } from '../../../shared/api/streams.ts'
import { createPerson } from '../client.ts'
import { createFaultClient, type FaultClient } from './client.ts'
import { enterHost, type Scene } from './scene.ts'
import { privateText, publicText } from './texts.ts'

export type Member = FaultClient & { id: string; name: string; stream: number; isHost: boolean }
export type Crowd = {
  streams: StreamCard[]
  members: Member[]
  /** Talk begins; the returned function ends it. */
  talk(): () => void
  /** The lines of 1 % break every second, until the returned function is called. */
  churn(): () => void
  stop(): void
}

export type Size = { clients: number; streams: number; publicPerSecond: number; privatePerSecond: number }

const TICK_MS = 25
const AT_ONCE = 20
const ACTS_PER_SECOND = 4

export async function gather(scene: Scene, size: Size): Promise<Crowd> {
  const { random } = scene
  const host = await enterHost(scene)
  const streams: StreamCard[] = []
  for (let i = 0; i < size.streams; i++)
    streams.push(await host.call<StreamCard>('POST', '/api/streams', { title: `Stage ${i}` }))
  const hostId = (await host.call<Me>('GET', '/api/me')).principal?.id ?? ''
  const members: Member[] = []

  async function join(client: number): Promise<void> {
    const stream = client % size.streams
    const isHost = client < size.streams
    const name = `c${client}`
    const person = isHost ? host : createPerson(nodeFor(scene, client).url)
    const id = isHost ? hostId : ((await person.call<Me>('POST', '/api/guest', { name })).principal?.id ?? '')
    const origin = () => nodeFor(scene, random.below(1_000)).url
    const slug = streams[stream]?.slug ?? ''
    const deps = { client, stream, isHost, slug, cookie: person.cookie(), clock: systemClock, origin }
    const member = createFaultClient({ ...deps, fraction: random.fraction })
    members[client] = { ...member, id, name, stream, isHost }
  }
  for (let from = 0; from < size.clients; from += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, size.clients - from) }, (_, i) => join(from + i)),
    )

  let said = 0
  const pick = () => members[random.below(members.length)]

  function say(member: Member | undefined): void {
    member?.post('public', publicText(member.history.client, said++))
  }

  function whisper(): void {
    const member = pick()
    if (!member) return
    const viewer = member.isHost ? members.find((one) => !one.isHost && one.stream === member.stream) : member
    if (!viewer) return
    const text = privateText.of(member.stream, members.indexOf(viewer), said++)
    member.post('private', text, member.isHost ? { id: viewer.id, name: viewer.name } : undefined)
  }

  /** A host pins, unpins or deletes something said lately. */
  function actAsHost(): void {
    const host = members[random.below(size.streams)]
    const said = host?.history.seen.findLast(({ log, what }) => log === 'room' && what.startsWith('message'))
    const target = said?.what.split(' ')[1]
    if (!host || target === undefined) return
    const id = random.uuid()
    const act = random.fraction()
    host.send(
      act < 0.6 ? { t: 'pin', id, target } : act < 0.8 ? { t: 'unpin', id } : { t: 'delete', id, target },
    )
  }

  return {
    streams,
    members,
    talk() {
      let publicDue = 0
      let privateDue = 0
      let actsDue = 0
      const timer = setInterval(() => {
        publicDue += (size.publicPerSecond * TICK_MS) / 1_000
        privateDue += (size.privatePerSecond * TICK_MS) / 1_000
        for (; publicDue >= 1; publicDue--) say(pick())
        for (; privateDue >= 1; privateDue--) whisper()
        actsDue += (ACTS_PER_SECOND * TICK_MS) / 1_000
        for (; actsDue >= 1; actsDue--) actAsHost()
      }, TICK_MS)
      return () => clearInterval(timer)
    },
    churn() {
      const timer = setInterval(() => {
        for (let i = 0; i < Math.ceil(members.length / 100); i++) pick()?.drop()
      }, 1_000)
      return () => clearInterval(timer)
    },
    stop() {
      for (const member of members) member.stop()
    },
  }
}

/** A node that runs, as a load balancer with health checks picks one; any when none does. */
function nodeFor(scene: Scene, n: number) {
  const running = scene.nodes.filter(({ process }) => process !== null)
  const among = running.length > 0 ? running : scene.nodes
  const node = among[n % among.length]
  if (!node) throw new Error('a scene has nodes')
  return node
}
