// Another project's RTMP(S) server as a child process, for what we send out: it records what it is sent as FLV.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { freePort } from './server-process.ts'

export type MediaServer = {
  rtmp: string
  rtmps: string
  /** The path of its certificate, which nobody has signed. */
  cert: string
  /** Everything it printed. */
  said(): string
  /** What it was sent under this key, newest last. */
  recordings(key: string): string[]
  [Symbol.asyncDispose](): Promise<void>
}

const SCRIPT = `
  const Server = require('node-media-server')
  new Server(JSON.parse(process.argv[1]), '').run()
`
const APP = 'app'

/** Everything it writes is in the folder. */
export async function startMediaServer(folder: string): Promise<MediaServer> {
  const { cert, key } = makeCertificate(folder)
  const [port, securePort] = [await freePort(), await freePort()]
  const config = {
    bind: '127.0.0.1',
    rtmp: { port },
    rtmps: { port: securePort, key, cert },
    record: { path: join(folder, 'recorded') },
    store: { path: join(folder, 'store') },
  }
  const child = spawn(process.execPath, ['-e', SCRIPT, JSON.stringify(config)], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  const up = new Promise<void>((done, fail) => {
    const hear = (chunk: Buffer) => {
      said.push(chunk.toString())
      const text = said.join('')
      if (
        ['Rtmp', 'Rtmps'].every((name) => text.includes(`${name} Server listening`)) &&
        text.includes('Store ready')
      )
        done()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', () => fail(new Error(`the media server ended:\n${said.join('')}`)))
  })
  await up
  return {
    rtmp: `rtmp://127.0.0.1:${port}/${APP}`,
    rtmps: `rtmps://localhost:${securePort}/${APP}`,
    cert,
    said: () => said.join(''),
    recordings(streamKey) {
      const place = join(folder, 'recorded', APP, streamKey)
      return existsSync(place) ? readdirSync(place).map((name) => join(place, name)) : []
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
