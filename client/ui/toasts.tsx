// Short news at the bottom of the screen, spoken politely. They leave by themselves only when nothing is lost
// by missing them; a failure stays until it is closed.
import { createContext, type ComponentChildren } from 'preact'
import { useCallback, useContext, useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { CloseIcon } from './icons.tsx'
import './toasts.css'

type Toast = { key: number; text: string; tone: 'good' | 'bad' }
export type ShowToast = (text: string, tone?: Toast['tone']) => void

const SHOWN_MS = 6_000
const MOST = 3

const ToastContext = createContext<ShowToast>(() => undefined)
export const useToast = (): ShowToast => useContext(ToastContext)

/** Wraps a page once. */
export function Toasts({ children }: { children: ComponentChildren }) {
  const [toasts, setToasts] = useState<Toast[]>([])
  const lastKey = useRef(0)
  const close = useCallback((key: number) => setToasts((all) => all.filter((one) => one.key !== key)), [])
  const show = useCallback<ShowToast>(
    (text, tone = 'good') => {
      const key = ++lastKey.current
      setToasts((all) => [...all.filter((one) => one.text !== text), { key, text, tone }].slice(-MOST))
      if (tone === 'good') setTimeout(() => close(key), SHOWN_MS)
    },
    [close],
  )
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div class="toasts" role="status" aria-live="polite" aria-relevant="additions">
        {toasts.map((one) => (
          <div key={one.key} class={`toast toast-${one.tone}`}>
            <span>{one.text}</span>
            <Button variant="quiet" icon aria-label="Close message" onClick={() => close(one.key)}>
              <CloseIcon />
            </Button>
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  )
}
