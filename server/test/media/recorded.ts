// What the tests of recordings share.
import { settle } from '../clock.ts'
import { stretch } from './packets.ts'
import type { createRecordingWorld } from './recording.ts'

export type RecordingWorld = ReturnType<typeof createRecordingWorld>

/** A show of so long; the publisher stays. */
export async function show(world: RecordingWorld, ms: number, size = 20) {
  const studio = world.world.studio()
  await studio.play(stretch(world.clock.now(), ms, { size }))
  return studio
}

export async function end(world: RecordingWorld): Promise<void> {
  world.world.video.provider.end('S')
  await settle()
  const row = await world.row()
  world.library.forget(row.id)
}

/** The segments of a playlist. */
export const names = (playlist: string | null | undefined): string[] =>
  playlist?.match(/^[\w-]+\.m4s$/gm) ?? []
export const count = (text: string | null | undefined, what: RegExp): number => text?.match(what)?.length ?? 0
