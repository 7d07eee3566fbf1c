// The built client, read whole at start: a few megabytes. A request path is a key of this map, never a path on
// the disk, so nothing outside the folder can be named.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { lookup } from 'mrmime'
import type { StaticFile, StaticFiles } from '../../app/web-ports.ts'

type Encoding = 'br' | 'gzip'
type Variants = { plain: StaticFile; br?: StaticFile; gzip?: StaticFile }

const SUFFIXES: [string, Encoding][] = [
  ['.br', 'br'],
  ['.gz', 'gzip'],
]

/** Rejects when there is no such folder: a server without its pages was not built. */
export async function createFiles(dir: string): Promise<StaticFiles> {
  const names = await namesIn(dir)
  const present = new Set(names)
  const isVariant = (name: string) =>
    SUFFIXES.some(([suffix]) => name.endsWith(suffix) && present.has(name.slice(0, -suffix.length)))
  const files = new Map<string, Variants>()
  for (const name of names) {
    if (isVariant(name)) continue
    const variants: Variants = { plain: await read(dir, name, name, null) }
    for (const [suffix, encoding] of SUFFIXES)
      if (present.has(name + suffix)) variants[encoding] = await read(dir, name, name + suffix, encoding)
    files.set(`/${name.split(sep).join('/')}`, variants)
  }
  return {
    get(path, acceptEncoding) {
      const variants = files.get(path)
      if (!variants) return null
      const accepted = acceptedIn(acceptEncoding)
      return (accepted('br') && variants.br) || (accepted('gzip') && variants.gzip) || variants.plain
    },
  }
}

async function namesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new Error(`The pages are not built: ${dir} cannot be read. Run \`npm run build\`.`, {
      cause: error,
    })
  })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, sep).length))
}

async function read(
  dir: string,
  name: string,
  stored: string,
  encoding: Encoding | null,
): Promise<StaticFile> {
  const body = new Uint8Array(await readFile(join(dir, stored)))
  const type = lookup(extname(name).slice(1)) ?? 'application/octet-stream'
  return {
    contentType: /^text\/|javascript|json$/.test(type) ? `${type}; charset=utf-8` : type,
    encoding,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    body,
  }
}

/** `br;q=0` is a refusal; the order of preference is ours. */
function acceptedIn(header: string): (encoding: Encoding) => boolean {
  const offers = new Map(
    header.split(',').map((offer): [string, boolean] => {
      const [coding = '', ...parameters] = offer
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/)
      return [coding, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))]
    }),
  )
  return (encoding) => offers.get(encoding) ?? offers.get('*') ?? false
}
