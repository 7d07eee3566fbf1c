// Long texts, smaller: the playlist of ten hours is three megabytes, and a tenth of that packed. Packed once, however
// many ask.

/** A request costs more than what is saved below this. */
const LEAST_CHARS = 16_384
const MOST_TEXTS = 16

export type Gzip = (
  text: string,
  acceptEncoding: string | undefined,
) => Promise<Uint8Array<ArrayBuffer>> | null

export function createGzip(): Gzip {
  /** Oldest first. */
  const packed = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  return function gzip(text, acceptEncoding) {
    if (text.length < LEAST_CHARS || !/(^|[\s,])gzip\s*(,|$)/i.test(acceptEncoding ?? '')) return null
    const known = packed.get(text)
    if (known) return known
    const packing = pack(text)
    packed.set(text, packing)
    packing.catch(() => packed.delete(text))
    const [oldest] = packed.keys()
    if (packed.size > MOST_TEXTS && oldest !== undefined) packed.delete(oldest)
    return packing
  }
}

async function pack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const plain = new Response(text).body
  if (!plain) throw new Error('no text to pack')
  return new Uint8Array(await new Response(plain.pipeThrough(new CompressionStream('gzip'))).arrayBuffer())
}
