// The switch for the small picture, with what it costs.
import { useId } from 'preact/hooks'
import { LOW } from '../../media/studio/quality.ts'
import type { LowSwitch } from '../../media/studio/use-low.ts'
import { Switch } from '../../ui/switch.tsx'
import './small-picture.css'

export function SmallPicture({ low }: { low: LowSwitch }) {
  const id = useId()
  return (
    <div class="live-low">
      <Switch on={low.on} onChange={low.set} describedBy={id}>
        Small picture for slow connections ({LOW.height}p)
      </Switch>
      <p class="soft" id={id}>
        Costs {LOW.kbps / 1000} Mbit/s more of your upload and some power. It stops before the main picture
        suffers.
      </p>
    </div>
  )
}
