// The crowd of a storm, as a process of its own: thousands of phones in one event loop. Driven over IPC.
import { createSeededRandom } from '../random.ts'
import { createPhone, type Phone } from './storm-phone.ts'
import type { Arrivals, Counters, FromCrowd, Gather, ToCrowd } from './storm-talk.ts'

/** Between an answer and the next line of one sender, on average. */
const PAUSE_MS = 1_000
const LOOK_MS = 20

const phones: Phone[] = []
const speakers: Speaker[] = []
const counters: Counters = {}
let acks: number[] = []
let acked = 0
let here = 0
let hushed = false

const count = (kind: string) => (counters[kind] = (counters[kind] ?? 0) + 1)
const tell = (message: FromCrowd) => process.send?.(message)
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

async function until(met: () => boolean, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!met() && Date.now() < deadline) await wait(LOOK_MS)
}

type Speaker = ReturnType<typeof createSpeaker>

/** One line after the other, each until it is acknowledged; across a lost connection with the same id. */
function createSpeaker(seed: number, phone: () => Phone) {
  const random = createSeededRandom(seed)
  let line: { id: string; sentAt: number } | null = null

  function say() {
    if (hushed && !line) return
    line ??= { id: random.uuid(), sentAt: 0 }
    // Without a connection `back` says it.
    line.sentAt = Date.now()
    phone().send({ t: 'say', id: line.id, text: `line ${line.id}` })
  }
  return {
    say,
    busy: () => line !== null,
    back() {
      if (line) say()
    },
    replied(re: string, code: string | null) {
      if (re !== line?.id) return
      if (code === null) {
        acks.push(Date.now() - line.sentAt)
        acked++
        line = null
      } else count(`error send ${code}`)
      setTimeout(say, PAUSE_MS * (0.5 + random.fraction()))
    },
  }
}

async function gather({ url, tickets, senders, seed, atOnce, withinMs }: Gather) {
  for (const [i, ticket] of tickets.entries()) {
    const speaker = i < senders ? createSpeaker(seed + i, () => phone) : undefined
    const phone: Phone = createPhone({
      ticket,
      url,
      random: createSeededRandom(seed + 100_000 + i),
      counters,
      onReply: (re, code) => speaker?.replied(re, code),
      onBack(first) {
        if (first) here++
        speaker?.back()
      },
    })
    phones.push(phone)
    if (speaker) speakers.push(speaker)
    phone.start()
    await until(() => phones.length - here < atOnce, withinMs)
  }
  await until(() => here === phones.length, withinMs)
  for (const speaker of speakers) speaker.say()
}

function arrivals(): Arrivals {
  const welcomedAt = phones.map((phone) => phone.welcomedAt()).filter((at) => at > 0)
  return { welcomedAt, counters }
}

async function perform(message: ToCrowd): Promise<void> {
  switch (message.do) {
    case 'gather':
      await gather(message)
      tell({ did: 'gather', ...arrivals() })
      break
    case 'watch':
      acks = []
      here = 0
      for (const phone of phones) phone.watch()
      tell({ did: 'watch' })
      break
    case 'await':
      await until(() => here === phones.length, message.withinMs)
      tell({ did: 'await', ...arrivals() })
      break
    case 'hush':
      hushed = true
      await until(() => !speakers.some((speaker) => speaker.busy()), message.withinMs)
      tell({ did: 'hush', acks, acked, unanswered: speakers.filter((speaker) => speaker.busy()).length })
      break
    case 'settle': {
      const lag = () =>
        phones.filter(({ seq, ticket }) => seq('room') < (message.seqs[ticket.stream] ?? 0)).length
      await until(() => lag() === 0, message.withinMs)
      tell({ did: 'settle', behind: lag(), counters })
    }
  }
}

process.on('message', (message: ToCrowd) => {
  perform(message).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
process.on('disconnect', () => process.exit(0))
