// What must be made equal before two runs of a real server can be compared, and why nothing is lost by it. The real
// server draws ids at random, reads the real clock and writes frames when it comes to it; the in-memory test
// (noninterference.test.ts) has none of that and compares plain bytes.
import type { Entry, Frame, LogName } from '../../../shared/protocol/index.ts'

export type Canonical = (text: string) => string

/** One for each listener. `names`: what is called otherwise in each run, such as the address of the stream. */
export function createCanonical(names: Readonly<Record<string, string>>): Canonical {
  const seen = new Map<string, string>()
  return (text) => {
    let plain = text
    for (const [name, sign] of Object.entries(names)) plain = plain.replaceAll(name, sign)
    return (
      plain
        // Tokens hold random session ids and times, signed: no two are ever the same.
        .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'TOKEN')
        // Ids are random, drawn without looking at anything. The first one that somebody hears is #1 in both runs,
        // so that who is who, and what is told again, stays to be compared.
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, (id) => {
          const number = seen.get(id) ?? `#${seen.size + 1}`
          seen.set(id, number)
          return number
        })
        // Unix milliseconds between 2001 and 2286. How long something takes is another channel, and measured elsewhere.
        .replace(/\b[1-9]\d{12}\b/g, 'TIME')
        // Until a time that is as random as the moment of asking.
        .replace(/"retryAfterMs":\d+/g, '"retryAfterMs":SOON')
        .replace(/retry-after: \d+/g, 'retry-after: SOON')
        // Whole seconds until a time that is fixed.
        .replace(/Max-Age=\d+/g, 'Max-Age=LATER')
    )
  }
}

/** The frames of one socket without what depends on when the kernel and the event loop came to it: entries are one list
 * per log, however they were cut into frames, and answers stand in the order of the commands. Head counts and positions
 * are told by timers; their last word is in the welcome of whoever joins afterwards. */
export function settled(frames: readonly Frame[], asked: readonly string[]): string[] {
  const logs = new Map<LogName, Entry[]>()
  const answers = new Map<string, Frame>()
  const others: Frame[] = []
  for (const frame of frames)
    switch (frame.t) {
      case 'welcome':
        others.push(frame)
        break
      case 'entries':
        logs.set(frame.log, [...(logs.get(frame.log) ?? []), ...frame.entries])
        break
      case 'ok':
      case 'err':
      case 'page':
        answers.set(frame.re ?? '', frame)
        break
      case 'pulse':
      case 'pos':
        break
      case 'snapshot': // nobody here is slow
        throw new Error('a snapshot')
    }
  return [
    ...others.map((frame) => JSON.stringify(frame)),
    ...[...logs].sort(([a], [b]) => a.localeCompare(b)).map((each) => JSON.stringify(each)),
    ...asked.map((id) => JSON.stringify(answers.get(id) ?? 'no answer')),
  ]
}

/** The lists of one's own data come in the order of random ids: they are put in that of their lines, without the ids. */
export function unordered(body: string): string {
  const data = JSON.parse(body) as Record<string, unknown>
  const lists = Object.entries(data).map(([name, list]) =>
    Array.isArray(list)
      ? [name, list.map((line) => JSON.stringify({ ...line, id: 0, message: 0 })).sort()]
      : [name, list],
  )
  return JSON.stringify(lists)
}

/** Headers as they came, but for two that follow from the rest: when it was written, and how long it is. */
export function answered(response: Response, body: string): string {
  const lines = [...response.headers].filter(([name]) => name !== 'date' && name !== 'content-length')
  return [response.status, ...lines.map(([name, value]) => `${name}: ${value}`), body].join('\n')
}
