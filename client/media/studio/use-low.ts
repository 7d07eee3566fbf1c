// The switch for the small picture: whether there is anything to switch, and where it stood on this device.
import { useEffect, useState } from 'preact/hooks'
import { shelfOf } from '../../chat/browser.ts'

export type LowSwitch = {
  on: boolean
  set(on: boolean): void
}

const shelf = shelfOf(() => localStorage)
const KEY = 'stagedoor:low'
/** A device with fewer has enough to do with the main picture; its host may know better. */
const CORES = 4

const remembered = (): boolean => (shelf.get(KEY) ?? byItself()) === 'on'
const byItself = (): 'on' | 'off' => (navigator.hardwareConcurrency >= CORES ? 'on' : 'off')

/** `smaller`: the stream takes one, and it would be smaller than the main picture. Null: not to be had. */
export function useLow(
  able: () => Promise<boolean>,
  smaller: boolean,
  tell: ((on: boolean) => void) | null,
): LowSwitch | null {
  const [can, setCan] = useState(false)
  const [on, setOn] = useState(remembered)
  useEffect(() => {
    able().then(setCan, () => setCan(false))
  }, [able])
  const offered = can && smaller
  useEffect(() => tell?.(offered && on), [tell, offered, on])
  if (!offered) return null
  return {
    on,
    set(next) {
      setOn(next)
      shelf.set(KEY, next ? 'on' : 'off')
    },
  }
}
