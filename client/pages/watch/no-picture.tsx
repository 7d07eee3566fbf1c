// Why nothing of a stream that is over can be watched.
import type { Recording } from '../../../shared/api/recordings.ts'
import { Spinner } from '../../ui/spinner.tsx'

type NoPictureProps = { all: readonly Recording[] | null; says: string | null; host: boolean }

/** Why no recording plays; `all` null: not known yet. What went wrong is for its host alone. */
export function NoPicture({ all, says, host }: NoPictureProps) {
  if (says !== null) return <p>Its recording does not load. {says}</p>
  if (all === null)
    return (
      <p>
        <Spinner />
        <span class="sr-only">Looking for its recording</span>
      </p>
    )
  if (all.some(({ state }) => state === 'recording'))
    return (
      <p class="watch-preparing">
        <Spinner /> Its recording is being prepared.
      </p>
    )
  if (all.length === 0) return <p>It was not recorded.</p>
  return <p>Its recording failed. {host && all.find(({ fault }) => fault !== null)?.fault}</p>
}
