// The title of the tab, kept in step with what the page shows.
import { useEffect } from 'preact/hooks'

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} - Stagedoor`
  }, [title])
}
