// `npm run passes`: viewers for another load tool, one line of JSON each.
import { parseArgs } from 'node:util'
import { Stopped } from './door.ts'
import { mintViewers, type Minted } from './mint.ts'
import { BOUNDS } from './options.ts'

const HELP = `usage: npm run -s passes -- --url https://my.server [--url ...] --stream slug [--count 100] > passes.ndjson
Makes guests, each with a pass for this stream, and prints one line of JSON for each:
  {"socket": "wss://my.server/chat", "hello": {"t": "hello", "pass": "..."}, "name": "Viewer 1",
   "principal": "...", "expiresAt": 1795291200000, "cookie": "..."}
Open the socket, send \`hello\` as the first frame, and you are in. A pass ends at \`expiresAt\` (Unix ms): before that,
POST {} as JSON to /api/streams/<slug>/pass with the cookie, and send {"t":"renew","id":"<uuid>","pass":"<new pass>"}.
  --count  how many, 1 to ${BOUNDS.viewers}
A server lets an address make few of them: raise GUESTS_PER_MINUTE and PASSES_PER_MINUTE there.`

process.exitCode = await main()

async function main(): Promise<number> {
  let values
  try {
    values = parseArgs({
      options: {
        help: { type: 'boolean' },
        url: { type: 'string', multiple: true },
        stream: { type: 'string' },
        count: { type: 'string', default: '100' },
      },
    }).values
  } catch (error) {
    return complain(`${(error as Error).message.split('. ')[0] ?? ''}. See --help.`)
  }
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const count = Number(values.count)
  if (!Number.isInteger(count) || count < 1 || count > BOUNDS.viewers)
    return complain(`--count must be a whole number from 1 to ${BOUNDS.viewers}, not ${values.count}`)
  const { stream } = values
  const wrong = (values.url ?? []).find((url) => !URL.canParse(url) || !/^https?:/.test(url))
  if (wrong !== undefined || !values.url)
    return complain(
      `--url must be the address of a server, such as https://my.server${wrong ? `, not ${wrong}` : ''}`,
    )
  if (stream === undefined)
    return complain('--stream must be the slug of a stream: the last part of its watch link')
  try {
    const minted: Minted[] = []
    await mintViewers({
      minted,
      urls: values.url.map((url) => new URL(url).origin),
      slug: stream,
      count,
      tell: () => undefined,
      stopped: () => false,
    })
    for (const { url, pass, name, principal, expiresAt, cookie } of minted)
      console.log(
        JSON.stringify({
          socket: `${url.replace(/^http/, 'ws')}/chat`,
          hello: { t: 'hello', pass },
          name,
          principal,
          expiresAt,
          cookie,
        }),
      )
    return 0
  } catch (error) {
    if (error instanceof Stopped) return complain(error.message)
    throw error
  }
}

function complain(says: string): number {
  console.error(says)
  return 2
}
