// Builds the pages: one HTML file per page into dist/client, everything else hashed under /assets, each text
// file with its .br and .gz beside it. No inline script or style anywhere: the content policy forbids them.
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { defineConfig, transformWithOxc, type Plugin } from 'vite'

const root = import.meta.dirname
const outDir = join(root, '../dist/client')
const PAGES = ['home', 'watch', 'studio', 'live', 'sign-in', 'account', 'enter', 'overlay', 'missing']

/** A classic script that must run before the first paint: hashed like any asset, never a module. */
function themeBoot(): Plugin {
  const source = join(root, 'ui/theme-boot.ts')
  let address = '/ui/theme-boot.ts'
  return {
    name: 'stagedoor:theme-boot',
    async buildStart() {
      if (this.meta.watchMode || this.environment.mode !== 'build') return
      const { code } = await transformWithOxc(await readFile(source, 'utf8'), source)
      const text = code.replaceAll(/^\s*\/\/.*\n/gm, '')
      const hash = createHash('sha256').update(text).digest('base64url').slice(0, 8)
      const fileName = `assets/theme-boot-${hash}.js`
      this.emitFile({ type: 'asset', fileName, source: text })
      address = `/${fileName}`
    },
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: address }, injectTo: 'head' }],
  }
}

/** Compresses once, at build, with more effort than a server could spend per request. */
function precompress(): Plugin {
  const brotli = promisify(brotliCompress)
  const zip = promisify(gzip)
  const worth = /\.(?:html|js|css|svg|json|webmanifest|wasm)$/
  return {
    name: 'stagedoor:precompress',
    apply: 'build',
    async closeBundle() {
      const files = await readdir(outDir, { recursive: true })
      for (const file of files.filter((name) => worth.test(name))) {
        const path = join(outDir, file)
        const bytes = await readFile(path)
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        await writeFile(`${path}.br`, await brotli(bytes, { params }))
        await writeFile(`${path}.gz`, await zip(bytes, { level: constants.Z_BEST_COMPRESSION }))
      }
    },
  }
}

export default defineConfig({
  root,
  publicDir: join(root, 'public'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [themeBoot(), precompress()],
  build: {
    // The wasm sound encoder, 1 MB, loaded by the studio alone where the browser has no AAC of its own.
    chunkSizeWarningLimit: 1_100,
    outDir,
    emptyOutDir: true,
    // The polyfill would be an extra script; every browser that plays our video preloads modules itself.
    modulePreload: { polyfill: false },
    // A data: URL in a style would need an exception in the content policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // What every page shares is one file, fetched once; the rest is a page's own. Apart from it what the overlay
      // needs as well: the style of the frame would paint its background.
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /\/(?:client\/[a-z]+|shared\/protocol\/(?:errors|limits))\.ts$/,
              priority: 1,
            },
            { name: 'frame', test: /\/(?:client\/(?:frame|ui)|preact)\// },
          ],
        },
      },
      input: Object.fromEntries(PAGES.map((page) => [page, join(root, `${page}.html`)])),
    },
  },
})
