// The import table as data: which room may import which. Everything else follows from keeping it.
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from './sources.ts'

const root = resolve(import.meta.dirname, '../..')
const PORTS = [
  ...[
    'ports',
    'moderation-ports',
    'overlay-ports',
    'reading-ports',
    'recording-ports',
    'video-ports',
    'web-ports',
  ],
].map((name) => `server/app/${name}.ts`)

/** Rooms from the most specific path to the least; `may` lists what a room may import besides itself. */
const ROOMS: { path: string; may: string[]; packages: RegExp }[] = [
  { path: 'shared/', may: [], packages: /^valibot$/ },
  // Pure tables: what looks like what, and what is an address.
  { path: 'server/domain/', may: ['shared/'], packages: /^(unhomoglyph|linkifyjs)$/ },
  { path: 'server/app/', may: ['server/domain/', 'shared/'], packages: /^valibot$/ },
  { path: 'server/realtime/', may: ['server/domain/', 'server/app/', 'shared/'], packages: /^$/ },
  {
    path: 'server/video/',
    may: [
      ...['server/domain/', 'server/app/ports.ts', 'server/app/recording-ports.ts'],
      ...['server/app/video-ports.ts', 'shared/'],
    ],
    packages: /^$/,
  },
  {
    path: 'server/http/',
    may: ['server/app/', 'server/domain/', 'shared/'],
    packages: /^(hono(\/.*)?|valibot)$/,
  },
  {
    path: 'server/adapters/',
    may: [...PORTS, 'server/domain/', 'shared/'],
    packages: /./,
  },
  { path: 'server/test/', may: ['server/', 'client/', 'shared/'], packages: /./ },
  { path: 'server/tools/', may: ['server/', 'shared/'], packages: /./ },
  { path: 'server/config.ts', may: ['server/domain/', 'shared/'], packages: /^(valibot|node:.*)$/ },
  { path: 'server/', may: ['server/', 'shared/'], packages: /./ },
  {
    path: 'client/',
    may: ['shared/'],
    packages:
      /^(preact(\/.*)?|hls\.js(\/.*)?|mediabunny|@mediabunny\/.*|linkifyjs|emojibase-data\/.*|valibot)$/,
  },
  // What k6 runs, and the runner around it, which is Node.
  { path: 'loadtest/k6/', may: ['shared/'], packages: /^k6(\/.*)?$/ },
  { path: 'loadtest/', may: ['shared/'], packages: /^vega(-lite)?$/ },
]
/** Node's own modules belong at the edges. */
const MAY_NODE =
  /^(server\/adapters\/|server\/test\/|server\/tools\/|server\/[a-z]+\.ts$|client\/vite|loadtest\/[a-z0-9-]+\.ts$)/

function roomOf(file: string) {
  return ROOMS.find((room) => file.startsWith(room.path))
}

const IMPORT =
  /^\s*(?:import|export)\b[^'"]*?\bfrom\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm
/** Tests hold rooms against each other: they stay on their side of the wire, and that is all. */
const IS_TEST = /\.test\.tsx?$|\/test\//

function faultsIn(file: string): string[] {
  const room = roomOf(file)
  if (!room) return [`${file}: belongs to no room`]
  const source = readFileSync(join(root, file), 'utf8')
  return [...source.matchAll(IMPORT)].flatMap((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? ''
    const fault = `${file} imports ${name}`
    if (name.startsWith('.')) {
      const target = relative(root, resolve(root, dirname(file), name))
      const own = room.path.endsWith('/adapters/') ? file.split('/').slice(0, 3).join('/') + '/' : room.path
      const side = IS_TEST.test(file) ? [`${file.split('/')[0]}/`] : []
      return [own, ...room.may, ...side].some((path) => target.startsWith(path)) ? [] : [fault]
    }
    if (IS_TEST.test(file)) return []
    if (name.startsWith('node:')) return MAY_NODE.test(file) ? [] : [fault]
    return room.packages.test(name) || file.startsWith('client/vite') ? [] : [fault]
  })
}

test('every file imports only what its room may', () => {
  const files = sourceFiles()
  expect(files.length).toBeGreaterThan(20)
  expect(files.flatMap(faultsIn)).toEqual([])
})

test('the check sees a forbidden import', () => {
  expect(roomOf('server/domain/text.ts')?.may).toEqual(['shared/'])
  expect(roomOf('server/adapters/pg/pool.ts')?.path).toBe('server/adapters/')
})

test('no source file is longer than 350 lines', () => {
  const long = sourceFiles()
    .filter((file) => !/\.test\.|server\/test\//.test(file))
    .filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 351)
  expect(long).toEqual([])
})
