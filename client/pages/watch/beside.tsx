// The chat beside a picture of earlier: as it was then, or whole; out of the way where the screen is small.
import { useCallback, useState } from 'preact/hooks'
import type { StreamCard } from '../../../shared/api/streams.ts'
import type { Chat } from '../../chat/chat.ts'
import { ChatPanel } from '../../chat/panel.tsx'
import { ChatReplay } from '../../chat/replay.tsx'
import { useChatState } from '../../chat/use-chat.ts'
import { useSession } from '../../frame/session.tsx'
import type { Picture } from '../../media/picture.ts'
import { Button } from '../../ui/button.tsx'

type BesideProps = {
  chat: Chat
  stream: StreamCard
  picture: Picture
  serverNow: () => number
  /** More is still being said: the stream goes on. */
  live: boolean
}

/** What was said this moment may not be there yet for whoever asks. */
const SETTLED_MS = 2_000

export function Beside({ chat, stream, picture, serverNow, live }: BesideProps) {
  const { api } = useSession()
  const [whole, setWhole] = useState(false)
  const [hidden, setHidden] = useState(false)
  const delayMs = useChatState(chat, ({ room }) =>
    room.you?.role === 'viewer' ? room.rules.delaySeconds * 1000 : 0,
  )
  const startedAt = stream.startedAt ?? 0
  const ask = useCallback(
    (range: { from: number; to: number; after: number | null; pin: boolean }) =>
      api.replay(stream.slug, { ...range, from: range.from - startedAt, to: range.to - startedAt }),
    [api, stream.slug, startedAt],
  )
  const edge = () => (live ? serverNow() - SETTLED_MS - delayMs : Infinity)
  if (hidden)
    return (
      <div class="watch-beside-bar">
        <Button variant="quiet" onClick={() => setHidden(false)}>
          Show the chat
        </Button>
      </div>
    )
  const buttons = (
    <span class="watch-beside-buttons">
      {!live && (
        <Button variant="quiet" onClick={() => setWhole(!whole)}>
          {whole ? 'Chat replay' : 'Whole chat'}
        </Button>
      )}
      <Button class="watch-beside-hide" variant="quiet" onClick={() => setHidden(true)}>
        Hide
      </Button>
    </span>
  )
  if (whole)
    return (
      <>
        <div class="watch-beside-bar">{buttons}</div>
        <ChatPanel chat={chat} />
      </>
    )
  return (
    <ChatReplay chat={chat} picture={picture} startedAt={startedAt} ask={ask} edge={edge}>
      {buttons}
    </ChatReplay>
  )
}
