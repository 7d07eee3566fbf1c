// Viewers before the run: a guest each, with a pass. Done here and not in k6, so that no second of the run is spent
// on it.
import type { Seat } from './k6/lines.ts'
import { createVisitor } from './door.ts'

/** Requests under way at once; the server answers them from one event loop. */
const AT_ONCE = 24

export type Minted = Seat & { expiresAt: number }

/** In the order of their index, spread over `urls` in turn. The first failure stops all. */
export async function mintViewers(options: {
  urls: readonly string[]
  slug: string
  count: number
  tell: (done: number) => void
  /** Checked before each: somebody pressed Ctrl-C. */
  stopped: () => boolean
}): Promise<Minted[]> {
  const { urls, slug, count, tell, stopped } = options
  const minted: Minted[] = []
  let next = 0
  let failed = false
  async function work(): Promise<void> {
    while (next < count && !stopped() && !failed) {
      const index = next++
      try {
        minted[index] = await mintOne(urls[index % urls.length] ?? '', slug, index)
      } catch (error) {
        failed = true
        throw error
      }
      tell(Math.min(next, count))
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, work))
  return minted
}

async function mintOne(url: string, slug: string, index: number): Promise<Minted> {
  const visitor = createVisitor(url)
  await visitor.guest(`Viewer ${index + 1}`)
  const { pass, expiresAt, person } = await visitor.pass(slug)
  return { index, url, name: person.name, principal: person.id, cookie: visitor.cookie(), pass, expiresAt }
}
