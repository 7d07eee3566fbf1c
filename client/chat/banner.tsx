// Where the connection is, in words, and what the person can do about it.
import { useEffect } from 'preact/hooks'
import { Button } from '../ui/button.tsx'
import { useNow } from '../ui/clock.ts'
import type { Chat } from './chat.ts'
import { useChatState } from './use-chat.ts'

const SHOWN_MS = 6_000

export function Banner({ chat }: { chat: Chat }) {
  const status = useChatState(chat, (state) => state.status)
  const words = useWords(chat)
  const spared = useChatState(chat, ({ room }) => room.spared)
  const tries = status.at === 'reconnecting' || status.at === 'offline'
  return (
    <div
      class="chat-banner"
      data-at={spared && status.at === 'connected' ? 'spared' : status.at}
      role="status"
    >
      {words !== '' && <p>{words}</p>}
      {status.at === 'reconnecting' && <Countdown to={status.retryAt} />}
      {tries && (
        <Button variant="quiet" onClick={chat.tryNow}>
          Try now
        </Button>
      )}
      {status.at === 'refused' && (
        <Button variant="quiet" onClick={chat.restart}>
          Try again
        </Button>
      )}
      {status.at === 'replaced' && (
        <Button variant="quiet" onClick={chat.goOn}>
          <bdi>{status.goOn}</bdi>
        </Button>
      )}
    </div>
  )
}

function useWords(chat: Chat): string {
  const status = useChatState(chat, (state) => state.status)
  const caughtUp = useChatState(chat, ({ room }) => room.caughtUp)
  const spared = useChatState(chat, ({ room }) => room.spared)
  useEffect(() => {
    if (!caughtUp) return
    const timer = setTimeout(() => chat.caughtUpSeen(), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [chat, caughtUp])
  switch (status.at) {
    case 'connecting':
      return 'Connecting…'
    case 'catching_up':
      return 'Catching up…'
    case 'reconnecting':
      return 'Reconnecting'
    case 'offline':
      return 'You are offline; what you write is kept.'
    case 'banned':
    case 'ended':
    case 'refused':
    case 'replaced':
      return status.says
    case 'connected':
      if (spared) return 'Your connection is slow: showing the newest messages once a second.'
      if (!caughtUp) return ''
      if (!caughtUp.whole) return 'You were away for long. These are the newest messages.'
      return `Caught up, ${caughtUp.messages} ${caughtUp.messages === 1 ? 'message' : 'messages'}`
    case 'stopped':
      return ''
  }
}

/** Not spoken: every second would be. */
function Countdown({ to }: { to: number }) {
  const seconds = Math.ceil((to - useNow(500)) / 1_000)
  return <span aria-hidden="true">{seconds > 0 ? ` in ${seconds} s` : '…'}</span>
}
