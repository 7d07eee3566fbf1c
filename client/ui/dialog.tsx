// A modal question or form on the native <dialog>: it traps the focus, gives it back, and closes on Escape.
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from './button.tsx'
import { CloseIcon } from './icons.tsx'
import './dialog.css'

type DialogProps = {
  open: boolean
  title: string
  onClose: () => void
  /** It holds typed text: a press beside it does not throw that away. */
  keeps?: boolean
  children: ComponentChildren
}

export function Dialog({ open, title, onClose, keeps = false, children }: DialogProps) {
  const id = useId()
  const ref = useRef<HTMLDialogElement>(null)
  // Before the next frame: whoever moves the focus after a dialog closed must come after its own return of it.
  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    if (open && !dialog.open) dialog.showModal()
    if (!open && dialog.open) dialog.close()
  }, [open])
  return (
    <dialog
      ref={ref}
      class="dialog"
      aria-labelledby={id}
      onClose={onClose}
      // A press that starts on the scrim lands on the dialog element itself.
      onPointerDown={(event) => !keeps && event.target === event.currentTarget && onClose()}
    >
      {open && (
        <>
          <div class="dialog-head">
            <h2 id={id}>{title}</h2>
            <Button variant="quiet" icon aria-label="Close" onClick={onClose}>
              <CloseIcon />
            </Button>
          </div>
          <div class="dialog-body">{children}</div>
        </>
      )}
    </dialog>
  )
}

/** The row of buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ComponentChildren }) {
  return <div class="dialog-actions">{children}</div>
}
