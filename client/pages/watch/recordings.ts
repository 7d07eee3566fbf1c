// The recordings of a stream that is over, asked again while one is still being put together.
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { Recording } from '../../../shared/api/recordings.ts'
import type { Denial } from '../../api.ts'
import { useSession } from '../../frame/session.tsx'

export type RecordingsLoad = {
  /** Null until known. */
  all: readonly Recording[] | null
  denial: Denial | null
  /** What plays now; null: no answer. */
  reload: () => Promise<readonly Recording[] | null>
}

/** A recording is finished some seconds after its show. */
const PREPARING_MS = 3_000
const EMPTY: readonly Recording[] = []

export const playable = (all: readonly Recording[] | null): readonly Recording[] =>
  all?.filter(({ state, durationMs }) => state === 'ready' && durationMs > 0) ?? EMPTY

export function useRecordings(slug: string): RecordingsLoad {
  const { api } = useSession()
  const [all, setAll] = useState<readonly Recording[] | null>(null)
  const [denial, setDenial] = useState<Denial | null>(null)
  const reload = useCallback(async () => {
    const answer = await api.recordings(slug)
    setDenial(answer.ok ? null : answer.denial)
    if (!answer.ok) return null
    setAll(answer.value.recordings)
    return playable(answer.value.recordings)
  }, [api, slug])
  useEffect(() => {
    reload().catch(reportError)
  }, [reload])
  const preparing = all?.some(({ state }) => state === 'recording') ?? false
  const failing = denial?.code === 'offline'
  useEffect(() => {
    if (!preparing && !failing) return
    const timer = setInterval(() => void reload().catch(reportError), PREPARING_MS)
    return () => clearInterval(timer)
  }, [preparing, failing, reload])
  return useMemo(() => ({ all, denial, reload }), [all, denial, reload])
}
