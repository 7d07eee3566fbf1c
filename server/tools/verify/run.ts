// One check of a running server: people come, write to the host in private, watch whatever a stranger can reach, and
// go again with everything they made.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Me, Invite } from '../../../shared/api/identity.ts'
import type { StreamCard } from '../../../shared/api/streams.ts'
import type { ChatSocket } from '../../test/client.ts'
import { createSecrets, type Secret, type Secrets } from './canary.ts'
import { createFindings, type Findings, type Named } from './findings.ts'
import { probe, probeAbsence } from './probes.ts'
import { inspectSocket, patiently, pry } from './sockets.ts'
import { createVisitor, type Visitor } from './visitor.ts'

export type RunOptions = {
  /** Addresses of the same server: its nodes, or one. People are spread over them. */
  urls: readonly string[]
  viewers: number
  messages: number
  /** Sockets to hold at once; a server lets a limited number in from one address. */
  sockets: number
  /** Signs this visitor in as somebody who may host. */
  enter: (visitor: Visitor) => Promise<unknown>
  tell: (line: string) => void
  /** To look for the same secrets elsewhere, afterwards. */
  secrets?: Secrets
}

export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex')

type Someone = Named & { visitor: Visitor }
type Viewer = Someone & { sent: Secret[] }

/** Every fourth private message is the host's answer. */
const ANSWERS = 4
/** Host, moderator, other host, somebody banned, an overlay: beside the viewers of a shift. */
const OTHERS = 7
/** Viewers whose web side is looked at; sockets are looked at all of them. */
const SAMPLE = 5

export async function verifyPrivacy(options: RunOptions): Promise<Findings> {
  const { urls, tell } = options
  const secrets = options.secrets ?? createSecrets(randomHex)
  const findings = createFindings(secrets)
  let turn = 0
  const visitor = () => createVisitor(urls[turn++ % urls.length] ?? '')
  const host = await hosting(options)
  const slug = `privacy-check-${randomBytes(4).toString('hex')}`
  const leave: (() => Promise<unknown>)[] = [() => host.visitor.call('POST', '/api/sign-out', {})]

  async function guest(name: string): Promise<Someone> {
    const their = visitor()
    const { principal } = await their.call<Me>('POST', '/api/guest', { name })
    leave.push(() => their.call('DELETE', '/api/me', {}))
    return { id: principal?.id ?? '', name, visitor: their }
  }

  try {
    await host.visitor.call<StreamCard>('POST', '/api/streams', { title: 'Privacy check', slug })
    leave.push(() => host.visitor.call('DELETE', `/api/streams/${slug}`, {}))
    const moderator = await guest('Check mona')
    const banned = await guest('Check boris')
    const other = await anotherHost(host, visitor(), leave)
    const viewers: Viewer[] = []
    for (let n = 1; n <= options.viewers; n++)
      viewers.push({ ...(await guest(`Check viewer ${n}`)), sent: [] })
    tell(
      `${viewers.length} viewers, a moderator, ${other ? 'another host, ' : ''}somebody banned and a stranger`,
    )

    const hosts = await host.visitor.join(slug)
    await patiently(hosts, { t: 'appoint', target: moderator.id })
    const moderators = await moderator.visitor.join(slug)
    const others = other ? await other.visitor.join(slug) : null
    const banneds = await banned.visitor.join(slug)
    const overlay = await host.visitor.overlay(slug)
    await patiently(hosts, { t: 'ban', target: banned.id, seconds: 600, reason: 'Privacy check' })

    const shift = Math.max(1, options.sockets - OTHERS)
    const rounds = Math.ceil(options.messages / viewers.length)
    for (let from = 0; from < viewers.length; from += shift) {
      const here = viewers.slice(from, from + shift)
      const sockets = await Promise.all(here.map((viewer) => viewer.visitor.join(slug)))
      await Promise.all(
        here.map((viewer, nth) =>
          talk({ viewer, socket: sockets[nth] as ChatSocket, hosts, host, rounds, secrets, findings }),
        ),
      )
      await pryAll(here, sockets, viewers, findings)
      await seenByAll([...sockets, hosts, moderators, overlay], hosts)
      here.forEach((viewer, nth) => inspectSocket(findings, sockets[nth] as ChatSocket, viewer, 'viewers'))
      for (const socket of sockets) socket.close()
      await Promise.all(sockets.map(({ closed }) => closed))
      tell(`${Math.min(from + shift, viewers.length)} of ${viewers.length} viewers have talked`)
      // Whoever comes back gets what was kept: that is looked at as well.
      for (const viewer of here) {
        const again = await viewer.visitor.join(slug)
        inspectSocket(findings, again, viewer, 'viewers who came back')
        findings.must(
          viewer.sent.every(({ word }) => again.raw.join().includes(word)),
          `${viewer.name} did not get its own private messages back`,
        )
        again.close()
        await again.closed
      }
    }
    const [first, second] = viewers
    const inbox = hosts.raw.join()
    findings.must(
      viewers.every(({ sent }) => sent.every(({ word }) => inbox.includes(word))),
      'the host did not get every private message',
    )
    inspectSocket(findings, moderators, moderator, 'moderators')
    inspectSocket(findings, banneds, banned, 'people who are banned')
    inspectSocket(findings, overlay, { id: '', name: 'The overlay' }, 'overlays')
    if (other && others) inspectSocket(findings, others, other, 'hosts of other streams')

    tell('looking at what the web side answers')
    const where = {
      slug,
      nothing: { slug: `no-${slug}`, id: randomUUID() },
      victim: first?.id ?? '',
      word: first?.sent[0]?.word ?? '',
    }
    const lookers = [moderator, banned, ...(other ? [other] : []), ...viewers.slice(1, 1 + SAMPLE)]
    await probe(findings, visitor(), null, where)
    for (const who of lookers) await probe(findings, who.visitor, who, where)
    for (const who of [...(other ? [other] : []), ...(second ? [second] : [])])
      await probeAbsence(findings, who.visitor, who, where)
    for (const socket of [hosts, moderators, others, banneds, overlay]) socket?.close()
    findings.must(secrets.count() >= options.messages, 'fewer private messages were sent than asked for')
    return findings
  } finally {
    tell('cleaning up')
    for (const undo of leave.reverse())
      await undo().catch((error: unknown) =>
        findings.must(false, `not cleaned up: ${(error as Error).message}`),
      )
  }
}

async function hosting({ urls, enter }: RunOptions): Promise<Someone> {
  const visitor = createVisitor(urls[0] ?? '')
  await enter(visitor)
  const { principal } = await visitor.me()
  if (!principal?.canHost) throw new Error('This login may not host streams: use that of a host.')
  return { id: principal.id, name: principal.name, visitor }
}

/** Null where the server lets nobody else host. */
async function anotherHost(
  host: Someone,
  visitor: Visitor,
  leave: (() => Promise<unknown>)[],
): Promise<Someone | null> {
  const { url } = await host.visitor.call<Invite>('POST', '/api/invites', { canHost: true })
  const mark = randomBytes(8).toString('hex')
  const { status, body } = await visitor.ask('POST', '/api/sign-up', {
    email: `privacy-check-${mark}@example.invalid`,
    password: randomBytes(16).toString('hex'),
    name: `Check olga ${mark.slice(0, 6)}`,
    invite: new URL(url).hash.slice(1),
  })
  if (status >= 300) return null
  leave.push(() => visitor.call('DELETE', '/api/me', {}))
  const { principal } = JSON.parse(body) as Me
  return { id: principal?.id ?? '', name: principal?.name ?? '', visitor }
}

type Talk = {
  viewer: Viewer
  socket: ChatSocket
  hosts: ChatSocket
  host: Someone
  rounds: number
  secrets: Secrets
  findings: Findings
}

async function talk({ viewer, socket, hosts, host, rounds, secrets, findings }: Talk): Promise<void> {
  await patiently(socket, { t: 'say', text: `Hello from ${viewer.name}` })
  for (let n = 1; n <= rounds; n++) {
    const answers = n % ANSWERS === 0
    const says = answers ? `the host's answer to ${viewer.name}` : `what ${viewer.name} wrote to the host`
    const secret = secrets.text([viewer.id, host.id], says)
    const text = `private ${secret.word}`
    const sent = answers
      ? await patiently(hosts, { t: 'whisper', text, to: viewer.id })
      : await patiently(socket, { t: 'whisper', text })
    findings.must(sent.t === 'ok', `a private message was refused: ${sent.t === 'err' ? sent.says : ''}`)
    if (sent.t === 'ok' && sent.id !== undefined) secrets.known(secret, sent.id)
    viewer.sent.push(secret)
  }
}

/** Everybody tries the secrets of the next one. */
async function pryAll(
  here: readonly Viewer[],
  sockets: readonly ChatSocket[],
  all: readonly Viewer[],
  findings: Findings,
): Promise<void> {
  await Promise.all(
    here.slice(0, SAMPLE).map(async (who, nth) => {
      const victim = all.find(({ id, sent }) => id !== who.id && sent[0]?.id !== undefined)
      const target = victim?.sent[0]?.id
      const socket = sockets[nth]
      if (!victim || target === undefined || !socket) return
      await pry(findings, socket, who, {
        victim: victim.id,
        target,
        nobody: randomUUID(),
        nothing: randomUUID(),
      })
    }),
  )
}

/** A last public line that everybody gets: whatever was on its way before it has arrived. */
async function seenByAll(sockets: readonly ChatSocket[], hosts: ChatSocket): Promise<void> {
  const text = `done ${randomBytes(6).toString('hex')}`
  await patiently(hosts, { t: 'say', text })
  await Promise.all(sockets.map((socket) => socket.said(text)))
}
