// V29 whatever moment an edge begins at: still screens, other codecs, pauses, large groups of pictures.
import { expect, test } from 'vitest'
import type { EncodedPacket } from '../../../shared/media.ts'
import { AAC, AVC, AVC_OTHER, picture, sound, stretch } from '../../test/media/packets.ts'
import { createRelayWorld, type RelayNode } from '../../test/media/relay-world.ts'
import { createSeededRandom } from '../../test/random.ts'

const names = (playlist: string): string[] => playlist.match(/[\w-]+(\.\d+)?\.(m4s|mp4)/g) ?? []

/** A picture a second, each of which is longer than a part may be. */
const still = (from: number, ms: number): EncodedPacket[] => [
  ...Array.from({ length: Math.round(ms / 1_000) }, (_, i) => picture(from + i * 1_000, i % 3 === 0, 1_000)),
  ...Array.from({ length: Math.floor((ms * 48) / 1_024) }, (_, i) => sound(from + (i * 1_024) / 48)),
]

async function same(origin: RelayNode, edge: RelayNode): Promise<void> {
  const playlist = await origin.playlist()
  expect(await edge.playlist()).toBe(playlist)
  for (const name of names(playlist).slice(0, -1)) {
    const [one, other] = [await origin.file(name), await edge.file(name)]
    expect([name, Buffer.from(other!).equals(Buffer.from(one!))]).toEqual([name, true])
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'V29 an edge that begins at any moment ends with the same (%i)',
  async (seed) => {
    const random = createSeededRandom(seed)
    const { node, clock, quiet, wires } = createRelayWorld()
    const [a, b, c] = [node('A'), node('B'), node('C')]
    let studio = a.studio()
    await studio.letIn()
    const viewers: Awaited<ReturnType<typeof b.viewer>>[] = []
    for (let i = 0; i < 12; i++) {
      const from = clock.now()
      const ms = 400 + random.below(2_600)
      const shape = random.below(6)
      if (shape === 0) studio.config(random.below(2) === 0 ? AVC_OTHER : AVC)
      if (shape === 1) {
        studio.line.drop()
        await clock.advance(random.below(4_000))
        studio = a.studio('S', { configs: [AVC, AAC] })
        await studio.letIn()
      }
      if (shape === 2)
        await studio.play(still(from, 1_000 * Math.ceil(ms / 1_000)).sort((x, y) => x.ts - y.ts))
      else if (shape === 3) {
        // One group of pictures that is more than a newcomer is given.
        await studio.play(stretch(from, ms, { group: 600, size: 30_000 }))
      } else await studio.play(stretch(clock.now(), ms))
      if (random.below(3) === 0) viewers.push(await b.viewer('S', `viewer ${i}`))
      if (random.below(3) === 0) wires[random.below(wires.length)]?.cut()
      if (random.below(3) === 0) await c.playlist()
      // A line that was cut is back after a moment; then what was open when it came back is whole.
      await clock.advance(250)
      await studio.play(stretch(clock.now(), 1_500))
      await quiet()
      for (const edge of [b, c]) if (edge.video.provider.playback('S').state === 'live') await same(a, edge)
    }
    for (const edge of [b, c]) {
      await edge.playlist()
      await same(a, edge)
    }
    // Every viewer's stretch of media begins where playing can begin: `init`, its segment, a key frame.
    for (const { line } of viewers)
      for (const [i, frame] of line.frames.entries())
        if (typeof frame === 'object' && frame !== null && 't' in frame && frame.t === 'init')
          expect(typeOf(line.frames[i + 1])).toBe('ftyp')
  },
)

const typeOf = (frame: unknown) =>
  frame instanceof Uint8Array ? Buffer.from(frame.subarray(4, 8)).toString() : null
