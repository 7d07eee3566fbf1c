// What was asked for on the command line, or everything that is wrong with it, in words.
import { parseArgs } from 'node:util'
import { SCENARIOS, type ScenarioName } from './k6/lines.ts'

export const HELP = `usage: npm run loadtest -- [--viewers 500] [--rate 20] [--minutes 2 | --seconds 120] [--scenario chat]
                           [--url https://my.server]... [--link https://my.server/enter#...] [--pid n]...
                           [--report file.html]
How many viewers can it take? Viewers join a stream over real sockets, some talk, and what reaches whom when is
measured. Needs k6, which it finds or tells how to install.
  --viewers   how many, 1 to 20000
  --rate      messages (or reactions) per second, all viewers together, 0.1 to 1000
  --minutes   how long they talk, at most 240; or --seconds. 2 minutes by default, 20 for a soak.
  --scenario  chat             viewers join, some talk
              private          half of the messages are private, to the host and back; nobody else may see one
              reconnect-storm  twice everybody but those who talk is cut at once and comes back for what they missed
              reactions        the rate is one of reactions, beside a little chat
              go-live          everyone opens the page within 30 seconds, while people talk
              soak             as chat, long; looks for memory that grows and delays that rise
  --url       the server, or several times: its nodes; viewers are spread over them. Without it one is started here
              on the embedded default, with its limits lifted.
  --link      a one-time login link of a host. Without it LOADTEST_EMAIL and LOADTEST_PASSWORD of an account that
              may host. For --url only.
  --pid       the process of a server at --url, when it runs on this machine: its CPU and memory are measured
  --report    where the page with the plots goes; .run/loadtest.html by default
Ends with 0 when all thresholds held, 1 when one did not, 2 when it could not be measured.`

export const BOUNDS = { viewers: 20_000, rate: 1_000, minutes: 240 }

export type Options = {
  scenario: ScenarioName
  viewers: number
  rate: number
  seconds: number
  /** Origins; none: start one here. */
  urls: string[]
  link: string | undefined
  pids: number[]
  report: string | undefined
}
export type Parsed = { ok: true; options: Options } | { ok: false; help?: true; faults: string[] }

export function parseOptions(args: readonly string[]): Parsed {
  const faults: string[] = []
  let values
  try {
    values = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        viewers: { type: 'string' },
        rate: { type: 'string' },
        minutes: { type: 'string' },
        seconds: { type: 'string' },
        scenario: { type: 'string' },
        url: { type: 'string', multiple: true },
        link: { type: 'string' },
        pid: { type: 'string', multiple: true },
        report: { type: 'string' },
      },
    }).values
  } catch (error) {
    return { ok: false, faults: [`${(error as Error).message.split('. ')[0] ?? ''}. See --help.`] }
  }
  if (values.help) return { ok: false, help: true, faults: [] }

  function number(name: string, text: string, min: number, max: number, whole: boolean): number {
    const value = Number(text)
    const fits = text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))
    if (!fits)
      faults.push(`--${name} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, not ${text}`)
    return value
  }

  const scenario = SCENARIOS.find((name) => name === (values.scenario ?? 'chat'))
  if (!scenario)
    faults.push(`--scenario must be one of ${SCENARIOS.join(', ')}, not ${values.scenario ?? ''}`)
  const viewers = number('viewers', values.viewers ?? '500', 1, BOUNDS.viewers, true)
  const rate = number('rate', values.rate ?? '20', 0.1, BOUNDS.rate, false)
  if (values.minutes !== undefined && values.seconds !== undefined)
    faults.push('give --minutes or --seconds, not both')
  const seconds =
    values.seconds === undefined
      ? 60 *
        number('minutes', values.minutes ?? (scenario === 'soak' ? '20' : '2'), 0.1, BOUNDS.minutes, false)
      : number('seconds', values.seconds, 5, BOUNDS.minutes * 60, true)
  const urls = (values.url ?? []).map((text) => {
    const url = URL.canParse(text) ? new URL(text) : null
    if (url && /^https?:$/.test(url.protocol)) return url.origin
    faults.push(`--url must be an address that begins with http:// or https://, not ${text}`)
    return ''
  })
  if (urls.length === 0 && values.link !== undefined)
    faults.push('--link is for a server that runs: give its --url too')
  if (urls.length === 0 && values.pid !== undefined)
    faults.push('--pid is for a server that runs: give its --url too')
  if (values.link !== undefined && !(URL.canParse(values.link) && new URL(values.link).hash.length > 1))
    faults.push('--link must be a whole login link, with what stands behind its #: quote it in the shell')
  const pids = (values.pid ?? []).map((text) => number('pid', text, 2, 4_194_304, true))
  if (faults.length > 0 || !scenario) return { ok: false, faults }
  return {
    ok: true,
    options: { scenario, viewers, rate, seconds, urls, link: values.link, pids, report: values.report },
  }
}
