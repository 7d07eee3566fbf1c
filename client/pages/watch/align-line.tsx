// Says how far the picture is behind the chat, where that can be noticed, and lets the chat wait for it.
import { useState } from 'preact/hooks'
import type { Picture } from '../../media/picture.ts'
import { useNow } from '../../ui/clock.ts'
import { Switch } from '../../ui/switch.tsx'
import { clockText } from '../../ui/time.ts'
import { NOTICED_MS, type Align } from './align.ts'

type AlignLineProps = {
  align: Align
  picture: Picture
  serverNow: () => number
  /** Of the live picture; null: not known. */
  delay: number | null
  rewound: boolean
}

export function AlignLine({ align, picture, serverNow, delay, rewound }: AlignLineProps) {
  useNow(1_000)
  // Whoever just moved the switch finds it where it was, though nothing is to be noticed any more.
  const [used, setUsed] = useState(false)
  const moment = picture.moment()
  const behindMs = !rewound ? delay : moment === null ? null : Math.max(0, serverNow() - moment)
  if (!rewound && !align.on && !used && (behindMs === null || behindMs < NOTICED_MS)) return null
  return (
    <div class="watch-align">
      <p>{sentence(align.on, behindMs, rewound)}</p>
      <Switch
        on={align.on}
        onChange={(on) => {
          align.set(on)
          setUsed(true)
        }}
      >
        Align chat with the picture
      </Switch>
    </div>
  )
}

function sentence(on: boolean, behindMs: number | null, rewound: boolean): string {
  const behind = behindMs === null ? null : delayText(behindMs)
  if (rewound && on) return 'The chat is as it was when this was filmed.'
  if (rewound) return `The picture is ${behind ?? 'some time'} behind. The chat is live.`
  if (on)
    return behind === null ? 'The chat waits for the picture.' : `The chat waits ${behind} for the picture.`
  return `The picture is ${behind ?? 'a little'} behind the chat.`
}

/** `1.5 s`, `42 s`, `3:12`. */
export function delayText(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : clockText(ms)
}
