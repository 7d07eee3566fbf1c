// `npm run verify:privacy`: is private private on this server, now? Anybody who may host can ask, from outside.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startServer } from '../test/server-process.ts'
import type { Findings } from './verify/findings.ts'
import { verifyPrivacy } from './verify/run.ts'
import type { Visitor } from './verify/visitor.ts'

const HELP = `usage: npm run verify:privacy -- [--viewers 50] [--messages 200] [--sockets 45]
                               [--url https://my.server]... [--link https://my.server/enter#...]
Creates viewers and a stream, sends private messages, and looks for them at everything that others can reach:
their sockets, what they get when they come back, and every page and answer of the web side. Deletes all it made.
  --url      the server, or several times: its nodes. Without it, one is started here on the embedded default.
  --link     the host's one-time login link that the server printed. Without it the login of an account that may
             host is taken from VERIFY_EMAIL and VERIFY_PASSWORD.
  --sockets  how many to hold at once; stay below SOCKETS_PER_ADDRESS of the server (50 by default).
Ends with 0 when nothing leaked, 1 with the evidence when something did, 2 when it could not be checked.`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    url: { type: 'string', multiple: true },
    link: { type: 'string' },
    viewers: { type: 'string', default: '50' },
    messages: { type: 'string', default: '200' },
    sockets: { type: 'string', default: '45' },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const whole = (name: 'viewers' | 'messages' | 'sockets', min: number): number => {
  const count = Number(values[name])
  if (Number.isInteger(count) && count >= min && count <= 100_000) return count
  console.error(`--${name} must be a whole number from ${min} on, not ${values[name]}`)
  process.exit(2)
}
const size = { viewers: whole('viewers', 2), messages: whole('messages', 2), sockets: whole('sockets', 8) }

process.exit(await main())

async function main(): Promise<number> {
  try {
    const own = values.url ? null : await startOwn()
    try {
      const urls = (values.url ?? [own?.url ?? '']).map((url) => new URL(url).origin)
      console.log(`Checking ${urls.join(', ')}`)
      const link = values.link ?? own?.loginLink
      const findings = await verifyPrivacy({
        ...size,
        urls,
        enter: (visitor) => (link === undefined ? signIn(visitor) : enterBy(visitor, link)),
        tell: (line) => console.log(`  ${line}`),
      })
      return report(findings)
    } finally {
      await own?.[Symbol.asyncDispose]()
    }
  } catch (error) {
    console.error(`It could not be checked: ${(error as Error).message}`)
    return 2
  }
}

/** As `npm start` without any configuration, in a folder of its own. */
async function startOwn() {
  const dataDir = mkdtempSync(join(tmpdir(), 'stagedoor-verify-'))
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  return startServer({ dataDir })
}

function enterBy(visitor: Visitor, link: string): Promise<unknown> {
  return visitor.call('POST', '/api/sign-in/link', { token: new URL(link).hash.slice(1) })
}

function signIn(visitor: Visitor): Promise<unknown> {
  const { VERIFY_EMAIL: email, VERIFY_PASSWORD: password } = process.env
  if (email === undefined || password === undefined)
    throw new Error('give --link, or VERIFY_EMAIL and VERIFY_PASSWORD of an account that may host')
  return visitor.call('POST', '/api/sign-in', { email, password })
}

function report(findings: Findings): number {
  const counts = [...findings.inspected()].sort()
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  console.log('\nInspected:')
  for (const [where, count] of counts) console.log(`${String(count).padStart(8)}  ${where}`)
  const leaks = findings.leaks()
  for (const { where, who, what, proof } of leaks.slice(0, 20))
    console.log(`\nLEAK in ${where}: ${who} could see ${what}\n      ${proof}`)
  if (leaks.length > 20) console.log(`\nand ${leaks.length - 20} more`)
  for (const fault of findings.faults()) console.log(`\nNOT PROVEN: ${fault}`)
  console.log(`\n${leaks.length} foreign frames of ${total} inspected`)
  return leaks.length > 0 ? 1 : findings.faults().length > 0 ? 2 : 0
}
