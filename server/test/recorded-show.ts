// A recording on a real server, as its host, its viewers and ffmpeg meet it.
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Recording, Recordings } from '../../shared/api/recordings.ts'
import type { StreamCard, StreamPage } from '../../shared/api/streams.ts'
import type { Person } from './client.ts'
import type { ServerProcess } from './server-process.ts'

export type Asked = {
  redirect?: 'manual'
  body?: string | Buffer<ArrayBuffer>
  headers?: Record<string, string>
}
/** As a browser asks: the answer, whatever it is. */
export const ask = (
  server: ServerProcess,
  person: Person | null,
  method: string,
  path: string,
  more: Asked = {},
) =>
  fetch(server.url + path, {
    ...more,
    method,
    headers: { origin: server.url, ...(person ? { cookie: person.cookie() } : {}), ...more.headers },
  })
export const recordingsOf = async (person: Person, { slug }: StreamCard) =>
  (await person.call<Recordings>('GET', `/api/streams/${slug}/recordings`)).recordings
export const filesOf = (server: ServerProcess) =>
  existsSync(join(server.dataDir, 'recordings'))
    ? readdirSync(join(server.dataDir, 'recordings'), { recursive: true, encoding: 'utf8' })
    : []

/** The one recording, when it is what it should be. */
export async function settled(
  person: Person,
  stream: StreamCard,
  state: Recording['state'] = 'ready',
  at = -1,
) {
  await expect.poll(async () => (await recordingsOf(person, stream)).at(at)?.state).toBe(state)
  return (await recordingsOf(person, stream)).at(at)!
}
export const isLive = (person: Person, { slug }: StreamCard) =>
  expect
    .poll(async () => (await person.call<StreamPage>('GET', `/api/streams/${slug}`)).playback.state)
    .toBe('live')

export async function save(folder: string, response: Response): Promise<string> {
  const file = join(folder, `${randomUUID()}.mp4`)
  writeFileSync(file, new Uint8Array(await response.arrayBuffer()))
  return file
}

/** Every take of a playlist as a file: its init segment and what belongs to it. */
export async function takes(server: ServerProcess, folder: string, address: string): Promise<string[]> {
  const text = await (await ask(server, null, 'GET', address)).text()
  const base = address.slice(0, address.lastIndexOf('/') + 1)
  const files: string[] = []
  let init = ''
  let pieces: string[] = []
  const flush = async () => {
    if (pieces.length === 0) return
    const parts = await Promise.all(
      [init, ...pieces].map(async (name) => {
        const got = await ask(server, null, 'GET', base + name)
        expect([name, got.status]).toEqual([name, 200])
        return new Uint8Array(await got.arrayBuffer())
      }),
    )
    const file = join(folder, `${randomUUID()}.mp4`)
    writeFileSync(file, Buffer.concat(parts))
    files.push(file)
    pieces = []
  }
  for (const line of text.split('\n')) {
    if (line === '#EXT-X-DISCONTINUITY') await flush()
    init = /EXT-X-MAP:URI="(.*?)"/.exec(line)?.[1] ?? init
    if (/^[\w-]+\.m4s$/.test(line)) pieces.push(line)
  }
  await flush()
  return files
}
