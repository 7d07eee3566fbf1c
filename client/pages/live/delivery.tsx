// Who carries the video, what that costs in delay, and whether it arrives there.
import type { Delivery as Facts } from '../../../shared/api/streams.ts'
import { audienceText } from '../../media/studio/health.ts'
import { useLoad } from '../../frame/load.ts'
import { useSession } from '../../frame/session.tsx'
import { Notice } from '../../ui/notice.tsx'

const EVERY_MS = 10_000

/** `counted`: how far behind the audience is stands elsewhere on the page. `live`: there is an audience to ask. */
export function Delivery({ slug, live, counted }: { slug: string; live: boolean; counted: boolean }) {
  const { api } = useSession()
  const { value } = useLoad(() => api.delivery(slug), EVERY_MS)
  if (!value) return null
  const { sending } = value
  const trouble = sending && (sending.state === 'waiting' || sending.state === 'failed')
  return (
    <>
      <p class="soft">{deliveryWords(value)}</p>
      {!counted && (live || value.measured) && <p class="soft">{measuredWords(value)}</p>}
      {trouble && (
        <Notice tone="warn" title="Your picture does not reach Mux" speaks>
          <p>{sending.says ?? 'Trying again in a moment.'}</p>
        </Notice>
      )}
    </>
  )
}

export function measuredWords({ measured }: Pick<Facts, 'measured'>): string {
  if (!measured) return 'Nobody has measured yet how far behind you they are.'
  const { says, more } = audienceText(measured)
  return `Your audience is ${says}, ${more}.`
}

export function deliveryWords({ provider, behind: { fromSeconds, toSeconds } }: Facts): string {
  const delay = `Viewers are ${fromSeconds} to ${toSeconds} seconds behind you`
  return provider === 'mux'
    ? `Mux carries the video of this stream. ${delay}.`
    : `This server carries the video of this stream. ${delay}, most of them close to ${fromSeconds}.`
}
