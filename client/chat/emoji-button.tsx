// Opens the emoji picker, which is loaded when it is first wanted: its names alone are as large as this page.
import type { ComponentType } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/toasts.tsx'
import { SmileIcon } from './icons.tsx'

export type EmojiPickerProps = { onPick: (emoji: string) => void; onClose: () => void }

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const toast = useToast()
  const [Picker, setPicker] = useState<ComponentType<EmojiPickerProps> | null>(null)
  const [open, setOpen] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const load = () => {
    setOpen(!open)
    if (Picker) return
    import('./emoji-picker.tsx').then(
      ({ EmojiPicker }) => setPicker(() => EmojiPicker),
      () => {
        setOpen(false)
        toast('The emoji could not be loaded. Try again when you are online.', 'bad')
      },
    )
  }
  const close = () => {
    setOpen(false)
    place.current?.querySelector('button')?.focus()
  }
  useEffect(() => {
    if (!open) return
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [open])
  return (
    <div class="chat-emoji-place" ref={place}>
      <Button
        variant="quiet"
        icon
        aria-label="Emoji"
        aria-expanded={open}
        onClick={load}
        busy={open && !Picker}
      >
        <SmileIcon />
      </Button>
      {open && Picker && (
        <Picker
          onPick={(emoji) => {
            setOpen(false)
            onPick(emoji)
          }}
          onClose={close}
        />
      )}
    </div>
  )
}
