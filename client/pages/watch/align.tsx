// Says how far the picture is behind the chat, where that can be noticed, and lets the chat wait for it.
import { useCallback, useState } from 'preact/hooks'
import { shelfOf } from '../../chat/browser.ts'
import type { Picture } from '../../media/picture.ts'
import { useNow } from '../../ui/clock.ts'
import { clockText } from '../../ui/time.ts'

const shelf = shelfOf(() => localStorage)
const KEY = 'stagedoor:align'

export type Align = { on: boolean; set: (on: boolean) => void }

/** Kept on this device, for every stream. */
export function useAlign(): Align {
  const [on, setOn] = useState(() => shelf.get(KEY) === 'on')
  const set = useCallback((next: boolean) => {
    setOn(next)
    if (next) shelf.set(KEY, 'on')
    else shelf.remove(KEY)
  }, [])
  return { on, set }
}

/** Below this nobody sees a difference. */
const NOTICED_MS = 1_500

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
      <label class="watch-switch">
        <input
          type="checkbox"
          role="switch"
          checked={align.on}
          onChange={(event) => {
            align.set(event.currentTarget.checked)
            setUsed(true)
          }}
        />
        <span>Align chat with the picture</span>
      </label>
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
