// To whoever watched until the end: the recording, once it is there.
import { Button } from '../../ui/button.tsx'
import { playable, useRecordings } from './recordings.ts'

export function Offer({ slug, onWatch }: { slug: string; onWatch: () => void }) {
  const { all } = useRecordings(slug)
  return playable(all).length > 0 ? <Button onClick={onWatch}>Watch the recording</Button> : null
}
