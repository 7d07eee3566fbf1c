// One line of a message list, and how the arrow keys walk from one to the next.
import { useMemo } from 'preact/hooks'
import type { Line } from './lines.ts'
import { Row, type RowPowers } from './row.tsx'
import { WaitingRow } from './waiting-row.tsx'

const STEPS: Partial<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -10,
  PageDown: 10,
  Home: -Infinity,
  End: Infinity,
}

export const rowOf = (box: HTMLElement | null, key: string) =>
  box?.querySelector<HTMLElement>(`[data-key="${key}"]`)

/** The row that the arrow keys stand on loses the focus to the one they lead to. */
export function walked(
  event: KeyboardEvent,
  lines: readonly Line[],
  from: string | undefined,
  box: HTMLElement | null,
): void {
  const step = STEPS[event.key]
  const at = lines.findIndex(({ key }) => key === from)
  if (step === undefined || at < 0 || !(event.target instanceof HTMLElement)) return
  if (event.target.dataset['key'] === undefined) return
  event.preventDefault()
  const next = lines[Math.max(0, Math.min(lines.length - 1, at + step))]
  if (next) rowOf(box, next.key)?.focus()
}

type SlotProps = {
  line: Line
  powers: RowPowers
  walking: boolean
  open: boolean
  pinned: boolean
  flash: boolean
  onWalk: (key: string) => void
}

/** The same element again skips the row: hundreds of lines cost one comparison each when one comes. */
export function Slot({ line, powers, walking, open, pinned, flash, onWalk }: SlotProps) {
  return useMemo(
    () => (
      <li
        class={`chat-line chat-line-${line.kind}${flash ? ' chat-flash' : ''}`}
        data-key={line.key}
        tabIndex={walking ? 0 : -1}
        onFocus={() => onWalk(line.key)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.target === event.currentTarget && line.kind === 'message')
            powers.toggle?.(line.key)
          if (event.key === 'Escape' && open) {
            powers.toggle?.(line.key)
            event.currentTarget.focus()
          }
        }}
      >
        {line.kind === 'note' && <span>{line.text}</span>}
        {line.kind === 'waiting' && <WaitingRow line={line} onEdit={(text) => powers.editAgain?.(text)} />}
        {line.kind === 'message' && (
          <Row lineKey={line.key} message={line.message} powers={powers} open={open} pinned={pinned} />
        )}
      </li>
    ),
    [
      line.key,
      line.kind === 'note' ? line.text : line.message,
      line.kind === 'waiting' && line.verdict,
      powers,
      walking,
      open,
      pinned,
      flash,
      onWalk,
    ],
  )
}
