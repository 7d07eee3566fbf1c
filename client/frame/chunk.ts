// A part of a page that is fetched when it is wanted, and again when it did not come.
import { useCallback, useEffect, useState } from 'preact/hooks'

export type Chunk<T> = { value: T | null; failed: boolean; retry: () => void }

/** `load`: the same function every time. */
export function useChunk<T extends object>(load: () => Promise<T>, wanted: boolean): Chunk<T> {
  const [value, setValue] = useState<T | null>(null)
  const [failed, setFailed] = useState(false)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (!wanted || value) return
    let mine = true
    load().then(
      (loaded) => mine && setValue(() => loaded),
      () => mine && setFailed(true),
    )
    return () => {
      mine = false
    }
  }, [load, wanted, value, attempt])
  const retry = useCallback(() => {
    setFailed(false)
    setAttempt((count) => count + 1)
  }, [])
  return { value, failed, retry }
}
