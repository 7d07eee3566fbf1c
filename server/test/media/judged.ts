// Tests that ffmpeg has a say in: run where it is installed, and elsewhere skipped by a name that tells why.
import { test } from 'vitest'
import { hasFfmpeg, NO_FFMPEG } from './ffmpeg.ts'

export function judged(name: string, run: () => Promise<void>): void {
  if (hasFfmpeg) test(name, run)
  else test.skip(`${name} (${NO_FFMPEG})`, run)
}
