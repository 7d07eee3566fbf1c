// Viewers before the run: a guest each, with a pass. Done here and not in k6, so that no second of the run is spent
// on it.
import type { Seat } from './k6/lines.ts'
import { createVisitor } from './door.ts'

/** Requests under way at once; the server answers them from one event loop. */
const AT_ONCE = 24

export type Minted = Seat & { expiresAt: number }

type Many = {
  tell: (done: number) => void
  /** Checked before each: somebody pressed Ctrl-C. */
  stopped: () => boolean
}

/** Into `minted`, in the order of their index, spread over `urls` in turn. The first failure stops all; those who
 * were made before it are there, to be removed. */
export function mintViewers(
  options: Many & { urls: readonly string[]; slug: string; count: number; minted: Minted[] },
): Promise<void> {
  const { urls, slug, count, minted } = options
  return many(options, count, async (index) => {
    minted[index] = await mintOne(urls[index % urls.length] ?? '', slug, index)
  })
}

/** They go as anybody can: their sessions and all that is theirs. */
export function removeViewers(seats: readonly Seat[], options: Many): Promise<void> {
  return many(options, seats.length, async (index) => {
    const seat = seats[index]
    if (seat) await createVisitor(seat.url, seat.cookie).call('DELETE', '/api/me', {})
  })
}

async function many(
  { tell, stopped }: Many,
  count: number,
  one: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  async function work(): Promise<void> {
    while (next < count && !stopped() && !failed) {
      try {
        await one(next++)
      } catch (error) {
        failed = true
        throw error
      }
      tell(Math.min(next, count))
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, work))
}

async function mintOne(url: string, slug: string, index: number): Promise<Minted> {
  const visitor = createVisitor(url)
  await visitor.guest(`Viewer ${index + 1}`)
  const { pass, expiresAt, person } = await visitor.pass(slug)
  return { index, url, name: person.name, principal: person.id, cookie: visitor.cookie(), pass, expiresAt }
}
