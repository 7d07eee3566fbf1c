// The host's slow mode: how long a viewer waits between two public messages.
import { ClockIcon } from '../ui/icons.tsx'
import { useToast } from '../ui/toasts.tsx'
import type { Chat } from './chat.ts'
import { secondsText } from './lines.ts'
import { useChatState } from './use-chat.ts'

const CHOICES = [0, 3, 5, 10, 30, 60, 120, 300]

export function SlowControl({ chat }: { chat: Chat }) {
  const seconds = useChatState(chat, ({ room }) => room.slowSeconds)
  const toast = useToast()
  const choices = CHOICES.includes(seconds)
    ? CHOICES
    : [...CHOICES, seconds].sort((one, other) => one - other)
  const choose = (event: { currentTarget: HTMLSelectElement }) => {
    const select = event.currentTarget
    chat.slow(Number(select.value)).then((problem) => {
      if (problem === null) return
      select.value = String(chat.state().room.slowSeconds)
      toast(problem, 'bad')
    }, reportError)
  }
  return (
    <label class="chat-slow">
      <ClockIcon size={18} />
      <span class="sr-only">Slow mode</span>
      <select value={String(seconds)} onChange={choose}>
        {choices.map((choice) => (
          <option key={choice} value={String(choice)}>
            {choice === 0 ? 'Slow mode off' : `Every ${secondsText(choice)}`}
          </option>
        ))}
      </select>
    </label>
  )
}
