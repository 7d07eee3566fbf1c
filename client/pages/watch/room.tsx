// Picture and chat of one stream, as one person: both take their pass from the same source.
import { useEffect, useState } from 'preact/hooks'
import type { StreamPage } from '../../../shared/api/streams.ts'
import { ChatPanel } from '../../chat/panel.tsx'
import { useChat, useChatState } from '../../chat/use-chat.ts'
import { useSession } from '../../frame/session.tsx'
import { Player } from '../../media/player/player.tsx'
import { createPassSource } from '../../pass.ts'
import { About } from './about.tsx'
import { Banned } from './banned.tsx'
import { Over, StartsIn } from './poster.tsx'

/** `onRefused`: no pass is given any more; why, the stream itself says. `onStale`: its addresses end soon. */
export function Room({
  page,
  onRefused,
  onStale,
}: {
  page: StreamPage
  onRefused: () => void
  onStale: () => void
}) {
  const { api, me, retry } = useSession()
  const { stream, playback } = page
  const [passes] = useState(() =>
    createPassSource(
      () => api.pass(stream.slug),
      () => Date.now(),
    ),
  )
  const chat = useChat(stream.slug, passes)
  const youId = useChatState(chat, ({ room }) => room.you?.id)
  const replaced = useChatState(chat, ({ status }) => status.at === 'replaced')
  const ban = useChatState(chat, ({ status }) => (status.at === 'banned' ? status : null))
  const heardState = useChatState(chat, ({ room }) => room.stream?.state)
  const heardViewers = useChatState(chat, ({ room }) => (room.you ? room.pulse.viewers : undefined))
  // The pass made a guest of a stranger: let the header know. Asked once per answer, so that a browser which
  // keeps no cookies does not ask for ever.
  const knownId = me ? (me.principal?.id ?? 'nobody') : undefined
  const refused = useChatState(chat, ({ status }) => status.at === 'refused')
  useEffect(() => {
    if (replaced) retry()
  }, [replaced])
  useEffect(() => {
    if (refused) onRefused()
  }, [refused])
  useEffect(() => {
    if (youId !== undefined && knownId !== undefined && knownId !== youId) retry()
  }, [youId, knownId])
  // A page opened after the end has no picture to wait for; one that was open lets the player finish.
  const [openedAfter] = useState(stream.state === 'ended')
  const state = heardState ?? stream.state
  if (ban) return <Banned title={stream.title} host={stream.host.name} ban={ban} onCheck={chat.tryNow} />
  return (
    <>
      <div class="watch-stage">
        {openedAfter ? (
          <Over stream={stream} />
        ) : (
          <Player
            title={stream.title}
            playback={playback}
            passes={passes}
            streamState={state}
            onStale={onStale}
            waiting={<StartsIn startsAt={stream.startsAt} />}
          />
        )}
      </div>
      <About stream={stream} state={state} viewers={heardViewers ?? stream.viewers} />
      <section class="watch-chat" aria-label="Chat">
        <ChatPanel chat={chat} />
      </section>
    </>
  )
}
