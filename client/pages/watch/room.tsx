// Picture and chat of one stream, as one person: both take their pass from the same source.
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { StreamPage } from '../../../shared/api/streams.ts'
import { PictureDelay } from '../../chat/aligned.ts'
import { ChatPanel } from '../../chat/panel.tsx'
import { useChat, useChatState } from '../../chat/use-chat.ts'
import { useChunk } from '../../frame/chunk.ts'
import { useSession } from '../../frame/session.tsx'
import { createPicture } from '../../media/picture.ts'
import { createPassSource } from '../../pass.ts'
import { Button } from '../../ui/button.tsx'
import { About } from './about.tsx'
import { NOTICED_MS, useAlign } from './align.ts'
import { Stage, type Showing } from './stage.tsx'

const loadPast = () => import('./past.ts')
const loadBanned = () => import('./banned.tsx')

/** `onRefused`: no pass is given any more; why, the stream itself says. `onStale`: what the page was told about the
 * stream is not so any more, or its addresses end soon. */
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
  const { stream } = page
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
  const state = heardState ?? stream.state
  useEffect(() => {
    if (heardState !== undefined && heardState !== stream.state) onStale()
  }, [heardState])

  // A page opened after the end has no live picture to wait for; one that was open lets the player finish.
  const [showing, setShowing] = useState<Showing>({ is: stream.state === 'ended' ? 'recorded' : 'live' })
  const [picture] = useState(createPicture)
  const [delay, setDelay] = useState<number | null>(null)
  const serverNow = useCallback(() => Date.now() + chat.state().skew, [chat])
  const [pictured, setPictured] = useState(false)
  const align = useAlign()
  const far = align.on || (delay !== null && delay >= NOTICED_MS)
  const past = useChunk(loadPast, far || showing.is !== 'live' || state === 'ended')
  const rewound = showing.is === 'rewound'
  // A page that was opened just before the show hears only now when it began.
  const then = pictured && stream.startedAt !== null && (rewound ? align.on : showing.is === 'recorded')

  const banned = useChunk(loadBanned, ban !== null)
  // Picture and chat go at once; why and until when may come a moment later.
  if (ban && !banned.value)
    return (
      <section class="watch-banned">
        <h1>You are banned from this stream</h1>
        {banned.failed && <Button onClick={banned.retry}>Why?</Button>}
      </section>
    )
  if (ban && banned.value)
    return (
      <banned.value.Banned title={stream.title} host={stream.host.name} ban={ban} onCheck={chat.tryNow} />
    )
  return (
    <>
      <div class="watch-stage">
        <Stage
          page={page}
          onStale={onStale}
          state={state}
          passes={passes}
          past={past}
          showing={showing}
          picture={picture}
          serverNow={serverNow}
          onShow={setShowing}
          onDelay={setDelay}
          onPicture={setPictured}
        />
      </div>
      <About stream={stream} state={state} viewers={heardViewers ?? stream.viewers} />
      <section class="watch-chat" aria-label="Chat">
        {showing.is !== 'recorded' && past.value && (
          <past.value.AlignLine
            align={align}
            picture={picture}
            serverNow={serverNow}
            delay={delay}
            rewound={rewound}
          />
        )}
        {then && past.value ? (
          <past.value.Beside
            chat={chat}
            stream={stream}
            picture={picture}
            serverNow={serverNow}
            live={rewound}
          />
        ) : (
          <PictureDelay.Provider value={align.on && !rewound ? delay : null}>
            <ChatPanel chat={chat} />
          </PictureDelay.Provider>
        )}
      </section>
    </>
  )
}
