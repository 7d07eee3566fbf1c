// Builds the server and the client into dist/. With `--if-stale` it does nothing when dist/ was made from
// exactly these sources, so that `npm start` costs a hash instead of a build.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../..', import.meta.url).pathname
const stampFile = join(root, 'dist/.stamp')
const SOURCES = ['server', 'shared', 'client', 'package-lock.json', 'tsconfig.json']

if (process.argv.includes('--help')) {
  console.log(`usage: npm run build [-- --if-stale] [-- --server]
Builds dist/server and dist/client; with --server the first alone.`)
  process.exit(0)
}
const stamp = fingerprint()
if (process.argv.includes('--if-stale') && stamp === readStamp()) process.exit(0)

let vite
try {
  vite = await import('vite')
} catch {
  console.error(
    'dist/ is missing or stale and the build tools are not installed. Run `npm ci` (without --omit=dev) first.',
  )
  process.exit(1)
}
const started = Date.now()
if (!process.argv.includes('--server'))
  await vite.build({ configFile: join(root, 'client/vite.config.ts'), logLevel: 'warn' })
await vite.build({
  configFile: false,
  root,
  logLevel: 'warn',
  ssr: { target: 'node' },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/server',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: {
        main: join(root, 'server/main.ts'),
        worker: join(root, 'server/worker.ts'),
        'pglite-worker': join(root, 'server/adapters/pglite/worker.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
})
// Half a build is never taken for a whole one.
if (process.argv.includes('--server')) rmSync(stampFile, { force: true })
else writeFileSync(stampFile, stamp)
console.log(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`)

function fingerprint() {
  const hash = createHash('sha256')
  for (const source of SOURCES) walk(join(root, source), hash)
  return hash.digest('hex')
}

function walk(path, hash) {
  let entries
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch {
    hash.update(path.slice(root.length)).update(readFileSync(path))
    return
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.name.includes('.test.') && !path.endsWith('server/test')) walk(join(path, entry.name), hash)
  }
}

function readStamp() {
  try {
    return readFileSync(stampFile, 'utf8')
  } catch {
    return ''
  }
}
